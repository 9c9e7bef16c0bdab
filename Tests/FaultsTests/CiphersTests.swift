import FaultKit
import Faults
import Testing

@Suite struct CiphersTests {
    @Test func areAListForTLS12() throws {
        let handshake = EditedHandshake.by(try Ciphers(["list": "A,B"]))
        #expect(handshake.ciphers == "A:B" && handshake.versions == .tls1_2 ... .tls1_2)
        #expect(handshake.isWeak)
    }

    @Test func aListIsSaid() { #expect(Ciphers.complaint([:])?.knob == "list") }
}
