import FaultKit
import Faults
import Testing

@Suite struct NotTLSTests {
    @Test func bytesOfChanceAreNoTLS() throws {
        for count in [1, 2, 1000] {
            let refusal = EditedHandshake.by(try NotTLS(["count": "\(count)"])).refusal
            guard case .garbage(let bytes) = refusal else {
                Issue.record("\(String(describing: refusal))")
                continue
            }
            #expect(bytes.count == count && bytes[0] == 0xFF)
        }
        #expect(NotTLS.complaint(["count": "0"])?.knob == "count")
    }
}
