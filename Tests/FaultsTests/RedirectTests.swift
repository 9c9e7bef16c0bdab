import FaultKit
import Faults
import Testing

@Suite struct RedirectTests {
    private let request = Request(target: "/f?x=1", fields: ["Host": "127.0.0.1:8070"])

    private func location(_ to: String) throws -> String? {
        EditedResponse.whole(try Redirect(["to": to]), to: self.request).fields["Location"]
    }

    @Test func saysWhereTo() throws {
        #expect(try self.location("{target}&again") == "/f?x=1&again")
        #expect(
            try self.location("https://{authority}{target}") == "https://127.0.0.1:8070/f?x=1")
        #expect(try self.location("https://localhost:{port}/g") == "https://localhost:8070/g")
        #expect(try self.location("{other}") == "{other}")
    }

    @Test func isAWholeResponse() throws {
        let response = EditedResponse.whole(try Redirect(["code": "307"]), to: self.request)
        #expect(response.status == 307 && response.reason == "Temporary Redirect")
        #expect(response.fields["ETag"] == nil)
        #expect(response.fields["Content-Length"] == "\(response.body.count)")
        #expect(response.fields["Location"] == "/f?x=1" && response.sequel == .asAsked)
    }

    @Test func mayCloseAndSayNothing() throws {
        let response = EditedResponse.whole(
            try Redirect(["location": "no", "close": "yes"]), to: self.request)
        #expect(response.fields["Location"] == nil && response.fields["Connection"] == "close")
        #expect(response.sequel == .end(.clean))
    }

    @Test func asksForPlainHTTPWhereItSendsClientsThere() throws {
        #expect(try Redirect(["to": "http://{authority}/"]).speaksPlainHTTP)
        #expect(try !Redirect(["to": "http://other.example/"]).speaksPlainHTTP)
        #expect(try !Redirect([:]).speaksPlainHTTP)
    }

    @Test func whatIsNoRedirectIsRefused() {
        #expect(Redirect.complaint(["code": "304"])?.knob == "code")
        #expect(Redirect.complaint(["to": "a b"])?.knob == "to")
        #expect(Redirect.complaint(["to": "/", "location": "no"])?.knob == "to")
    }
}
