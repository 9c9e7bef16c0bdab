import FaultKit
import Faults
import Testing

@Suite struct NoResponseTests {
    @Test(arguments: Ending.allCases)
    func nothingIsSaid(ending: Ending) throws {
        let response = EditedResponse.whole(try NoResponse(["ending": ending.rawValue]))
        #expect(!response.hasHead && response.body.count == 0)
        #expect(response.sequel == .end(ending))
    }

    @Test func itHangsByDefault() throws {
        #expect(EditedResponse.whole(try NoResponse([:])).sequel == .end(.hang))
    }
}
