import FaultKit
import Faults
import Testing

@Suite struct ClientCertificateTests {
    @Test func oneIsWanted() throws {
        #expect(EditedHandshake.by(try ClientCertificate([:])).wantsClientCertificate)
    }
}
