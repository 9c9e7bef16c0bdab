import FaultKit
import Faults
import Testing

@Suite struct ClientCertificateTests {
    @Test func oneIsWanted() throws {
        func asked(_ knobs: KeyValuePairs<String, String>) throws -> Handshake.ClientCertificate {
            EditedHandshake.by(try ClientCertificate(knobs)).clientCertificate
        }
        #expect(try asked([:]) == .required)
        #expect(try asked(["wants": "trusted"]) == .trusted)
        #expect(ClientCertificate.complaint(["wants": "unasked"])?.knob == "wants")
    }
}
