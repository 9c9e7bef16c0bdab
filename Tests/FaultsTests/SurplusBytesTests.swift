import FaultKit
import Faults
import Testing

@Suite struct SurplusBytesTests {
    @Test func comeBehindTheBody() throws {
        let response = EditedResponse.whole(try SurplusBytes(["count": "3"]))
        #expect(response.fields["Content-Length"] == "4" && response.body.count == 7)
        #expect(response.sequel == .end(.clean))
    }

    @Test func aHeadHasNone() throws {
        let response = EditedResponse.whole(
            try SurplusBytes([:]), to: Request(method: "HEAD", target: "/f"))
        #expect(response.body.count == 4 && response.sequel == .asAsked)
    }

    @Test func thereIsALimit() {
        #expect(SurplusBytes.complaint(["count": "0"])?.knob == "count")
        #expect(SurplusBytes.complaint(["count": "2MiB"])?.knob == "count")
    }
}
