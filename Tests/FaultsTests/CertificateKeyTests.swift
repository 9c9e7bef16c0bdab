import FaultKit
import Faults
import Testing

@Suite struct CertificateKeyTests {
    @Test(arguments: Certificate.Key.allCases)
    func isOfThatKind(kind: Certificate.Key) throws {
        let handshake = EditedHandshake.by(try CertificateKey(["kind": kind.rawValue]))
        #expect(handshake.certificate.key == kind)
        #expect(handshake.isWeak == [.p192, .rsa1024].contains(kind))
    }

    @Test func aKindIsSaid() { #expect(CertificateKey.complaint([:])?.knob == "kind") }
}
