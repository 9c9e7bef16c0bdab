import FaultKit
import Faults
import Testing

@Suite struct PlainHTTPTests {
    @Test func isTheAnswer() throws {
        #expect(EditedHandshake.by(try PlainHTTP([:])).refusal == .plainHTTP)
    }
}
