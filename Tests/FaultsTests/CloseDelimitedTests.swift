import FaultKit
import Faults
import Testing

@Suite struct CloseDelimitedTests {
    @Test(arguments: Ending.allCases)
    func theBodyEndsWithTheConnection(ending: Ending) throws {
        let response = EditedResponse.whole(try CloseDelimited(["ending": ending.rawValue]))
        #expect(response.fields["Content-Length"] == nil)
        #expect(response.fields["Connection"] == "close")
        #expect(response.sequel == .end(ending) && response.bodyText == "0..<4")
    }
}
