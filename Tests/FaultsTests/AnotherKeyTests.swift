import FaultKit
import Faults
import Testing

@Suite struct AnotherKeyTests {
    @Test func theCertificateStaysAsItIs() throws {
        let handshake = EditedHandshake.by(try AnotherKey([:]))
        #expect(!handshake.hasItsKey)
        #expect(handshake.certificate == EditedHandshake.honest.certificate)
    }
}
