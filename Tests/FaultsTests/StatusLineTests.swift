import FaultKit
import Faults
import Testing

@Suite struct StatusLineTests {
    @Test func anotherCodeKeepsFieldsAndBody() throws {
        let response = EditedResponse.whole(try StatusLine(["code": "203"]))
        #expect(response.status == 203 && response.reason == "Non-Authoritative Information")
        #expect(response.fields["Content-Length"] == "4" && response.bodyText == "0..<4")
    }

    @Test func aWholeLineOrNone() throws {
        let text = EditedResponse.whole(try StatusLine(["text": "220 hello"]))
        #expect(text.statusLine == "220 hello" && text.hasHead)
        let none = EditedResponse.whole(try StatusLine(["head": "no"]))
        #expect(!none.hasHead && none.sequel == .end(.clean))
    }

    @Test(
        arguments: [
            ([:], "code"), (["code": "99"], "code"), (["code": "203", "text": "x"], "text"),
            (["text": "x", "head": "no"], "text"), (["text": "\u{2603}"], "text"),
        ] as [(KeyValuePairs<String, String>, String)])
    func whatCannotBeSaidIsRefused(_ knobs: KeyValuePairs<String, String>, _ knob: String) {
        #expect(StatusLine.complaint(knobs)?.knob == knob)
    }
}
