import FaultKit
import Faults
import Testing

@Suite struct CertificateDigestTests {
    @Test(arguments: Certificate.Digest.allCases)
    func isThatOne(digest: Certificate.Digest) throws {
        let handshake = EditedHandshake.by(try CertificateDigest(["digest": digest.rawValue]))
        #expect(handshake.certificate.digest == digest)
        #expect(handshake.isWeak == [.md5, .sha1].contains(digest))
    }
}
