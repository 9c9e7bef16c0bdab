import FaultKit
import Faults
import NIOCore
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

    @Test func orASecondResponseComesBehindIt() throws {
        let response = EditedResponse.whole(try SurplusBytes(["response": "yes"]))
        guard response.body.parts.count == 2, case .bytes(let second) = response.body.parts[1]
        else {
            Issue.record("no second response")
            return
        }
        let text = String(buffer: second)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n"))
        #expect(text.hasSuffix("\r\n\r\nsmuggled\n"))
        #expect(response.fields["Content-Length"] == "4" && response.sequel == .asAsked)
        #expect(SurplusBytes.complaint(["response": "yes", "count": "3"])?.knob == "count")
    }

    @Test func thereIsALimit() {
        #expect(SurplusBytes.complaint(["count": "0"])?.knob == "count")
        #expect(SurplusBytes.complaint(["count": "2MiB"])?.knob == "count")
    }
}
