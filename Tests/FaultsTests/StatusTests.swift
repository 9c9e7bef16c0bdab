import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct StatusTests {
    private let honest = Response(
        status: 206, reason: "Partial Content",
        fields: [
            "Server": "faultserve", "ETag": "\"1\"", "Last-Modified": "x", "Accept-Ranges": "bytes",
            "Content-Range": "bytes 0-1/4", "Content-Length": "2", "Content-Type": "a/b",
        ],
        body: Body([.image(Image(name: "f", bytes: [1, 2, 3, 4]), 0..<2)]))

    private func edited(_ knobs: KeyValuePairs<String, String>) throws -> Response {
        var (response, dice) = (self.honest, Dice(seed: 1))
        try Status(knobs).edit(&response, to: Request(target: "/f"), using: &dice)
        return response
    }

    private func text(_ response: Response) -> String {
        response.body.parts.map { part in
            if case .bytes(let bytes) = part { String(buffer: bytes) } else { "(image)" }
        }.joined()
    }

    @Test func replacesTheWholeAnswer() throws {
        let response = try self.edited(["code": "503", "retry-after": "5"])
        #expect(response.status == 503 && response.reason == "Service Unavailable")
        let text = self.text(response)
        #expect(text == "The server answers 503 Service Unavailable.\n")
        #expect(
            response.fields.list
                == [
                    Field("Server", "faultserve"), Field("Retry-After", "5"),
                    Field("Content-Type", "text/plain; charset=utf-8"),
                    Field("Content-Length", String(text.utf8.count)),
                ])
        #expect(response.sequel == .asAsked)
    }

    /// By the response's own date; without one, in seconds after all.
    @Test func namesTheMomentToComeAgain() throws {
        var (response, dice) = (self.honest, Dice(seed: 1))
        response.fields.add("Date", "Sun, 06 Nov 1994 08:49:37 GMT")
        try Status(["code": "503", "retry-after": "30", "retry-as": "date"]).edit(
            &response, to: Request(target: "/f"), using: &dice)
        #expect(response.fields["Retry-After"] == "Sun, 06 Nov 1994 08:50:07 GMT")
        let dateless = try self.edited(["code": "503", "retry-after": "30", "retry-as": "date"])
        #expect(dateless.fields["Retry-After"] == "30")
        #expect(throws: KnobError.self) { try Status(["code": "503", "retry-as": "date"]) }
    }

    @Test func saysTheReasonAndTheBodyThatItIsTold() throws {
        let response = try self.edited(["code": "404", "reason": "", "body": "grün"])
        #expect(response.reason.isEmpty && self.text(response) == "grün")
        #expect(response.fields["Content-Length"] == "5")
        #expect(response.fields["Retry-After"] == nil)
    }

    @Test(arguments: ["101", "204", "304"])
    func hasNoBodyWhereTheCodeHasNone(_ code: String) throws {
        let response = try self.edited(["code": code])
        #expect(response.body.count == 0)
        #expect(response.fields.list == [Field("Server", "faultserve")])
        #expect(Status.complaint(["code": code, "body": "x"])?.knob == "body")
    }

    @Test(arguments: [
        ("200", "OK"), ("418", "Client Error"), ("599", "Server Error"), ("999", "Unknown"),
    ])
    func knowsThePhraseOfACodeOrOfItsClass(_ code: String, _ reason: String) throws {
        #expect(try self.edited(["code": code]).reason == reason)
    }

    @Test func whatCannotBeSaidIsRefused() {
        #expect(Status.complaint(["code": "99"])?.knob == "code")
        #expect(Status.complaint(["code": "1000"])?.knob == "code")
        #expect(Status.complaint([:])?.knob == "code")
        #expect(Status.complaint(["code": "503", "retry-after": "-1"])?.knob == "retry-after")
        #expect(Status.complaint(["code": "503", "reason": "\u{2603}"])?.knob == "reason")
    }
}
