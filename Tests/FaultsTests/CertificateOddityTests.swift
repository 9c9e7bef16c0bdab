import FaultKit
import Faults
import Testing

@Suite struct CertificateOddityTests {
    @Test func oddIsWhatIsListed() throws {
        let odd = EditedHandshake.by(try CertificateOddity([:])).certificate.oddities
        #expect(odd == [.brokenSignature])
        let two = EditedHandshake.by(try CertificateOddity(["what": "version-1,zero-serial"]))
        #expect(two.certificate.oddities == [.version1, .zeroSerial])
    }
}
