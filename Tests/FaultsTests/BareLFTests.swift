import FaultKit
import Faults
import Testing

@Suite struct BareLFTests {
    @Test func onlyTheEndsOfLinesAreOthers() throws {
        let response = EditedResponse.whole(try BareLF([:]))
        #expect(response.hasBareLF)
        #expect(response.status == 200 && response.fields["Content-Length"] == "4")
        #expect(response.sequel == .asAsked)
    }

    @Test func hasNoKnobs() {
        var knobs = Knobs(["lines": "2"])
        _ = try? BareLF(&knobs)
        #expect(knobs.unread == ["lines"])
    }
}
