import FaultKit
import Faults
import Testing

@Suite struct InterimResponseTests {
    @Test func comesBeforeTheRealOne() throws {
        let response = EditedResponse.whole(
            try InterimResponse(["code": "100,103", "times": "2"]))
        #expect(response.interim.map(\.status) == [100, 103, 100, 103])
        #expect(response.interim.map(\.reason).prefix(2) == ["Continue", "Early Hints"])
        #expect(response.interim[1].fields["Link"] != nil)
        #expect(response.status == 200)
        #expect(EditedResponse.whole(try InterimResponse([:])).interim.map(\.status) == [103])
    }

    @Test func whatIsNoInterimResponseIsRefused() {
        #expect(InterimResponse.complaint(["code": "200"])?.knob == "code")
        #expect(InterimResponse.complaint(["times": "0"])?.knob == "times")
    }
}
