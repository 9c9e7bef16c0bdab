import FaultKit
import Faults
import Testing

@Suite struct ALPNTests {
    @Test func protocols() throws {
        func answer(_ text: String) throws -> Handshake.ALPN {
            EditedHandshake.by(try ALPN(["answer": text])).alpn
        }
        #expect(try answer("none") == .unanswered)
        #expect(try answer("refused") == .refused)
        #expect(try answer("h2") == .chosen("h2"))
        let long = String(repeating: "x", count: 256)
        #expect(ALPN.complaint(["answer": long])?.knob == "answer")
    }
}
