import FaultKit
import Faults
import Testing

@Suite struct CloseConnectionTests {
    @Test func theResponseIsWholeAndPromisesNothing() throws {
        let response = EditedResponse.whole(try CloseConnection(["ending": "cut"]))
        #expect(response.status == 200 && response.body.count == 4)
        #expect(response.fields["Content-Length"] == "4" && response.fields["Connection"] == nil)
        #expect(response.sequel == .end(.cut))
    }

    @Test func orItPromisesToKeepTheConnection() throws {
        let response = EditedResponse.whole(try CloseConnection(["says": "keep-alive"]))
        #expect(response.fields["Connection"] == "keep-alive")
        #expect(response.sequel == .end(.clean))
    }

    @Test func otherWordsAreNone() {
        #expect(CloseConnection.complaint(["says": "close"])?.knob == "says")
        #expect(CloseConnection.complaint(["ending": "soon"])?.knob == "ending")
    }
}
