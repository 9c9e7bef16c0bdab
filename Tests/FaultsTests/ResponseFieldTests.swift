import FaultKit
import Faults
import Testing

@Suite struct ResponseFieldTests {
    @Test func setsAddsAndRemoves() throws {
        let set = try ResponseField(["name": "content-length", "value": "-5"])
        #expect(EditedResponse.whole(set).fields.all("Content-Length") == ["-5"])
        let added = try ResponseField(["name": "Content-Length", "value": "17", "how": "add"])
        #expect(EditedResponse.whole(added).fields.all("Content-Length") == ["4", "17"])
        let removed = try ResponseField(["name": "ETag", "how": "remove"])
        #expect(EditedResponse.whole(removed).fields["ETag"] == nil)
    }

    @Test func repeatsTheValueUpToASize() throws {
        let fault = try ResponseField(["name": "X", "value": "abc", "size": "7"])
        #expect(EditedResponse.whole(fault).fields["X"] == "abcabca")
    }

    @Test func addsAsManyAsItIsTold() throws {
        let fault = try ResponseField(["name": "X", "value": "y", "how": "add", "times": "3000"])
        #expect(EditedResponse.whole(fault).fields.all("X").count == 3_000)
        #expect(
            ResponseField.complaint(["name": "X", "value": "y", "times": "2"])?.knob == "times")
    }

    @Test(
        arguments: [
            (["value": "x"], "name"), (["name": "", "value": "x"], "name"),
            (["name": "X"], "value"),
            (["name": "X", "value": "x", "how": "remove"], "value"),
            (["name": "X", "value": "\u{2603}"], "value"),
            (["name": "\u{2603}", "value": ""], "name"),
            (["name": "X", "value": "x", "size": "2MiB"], "size"),
            (["name": "X", "value": "", "size": "2"], "size"),
        ] as [(KeyValuePairs<String, String>, String)])
    func whatCannotBeSaidIsRefused(_ knobs: KeyValuePairs<String, String>, _ knob: String) {
        #expect(ResponseField.complaint(knobs)?.knob == knob)
    }
}
