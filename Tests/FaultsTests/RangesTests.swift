import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct RangesTests {
    private func edited(_ knobs: KeyValuePairs<String, String>) throws -> Response {
        EditedResponse.part(try Ranges(knobs))
    }

    @Test func servesTheWhole() throws {
        let response = try self.edited([:])
        #expect(response.status == 200 && response.bodyText == "0..<4")
        #expect(response.fields["Content-Range"] == nil)
        #expect(response.fields["Content-Length"] == "4")
    }

    @Test func refuses() throws {
        let response = try self.edited(["how": "refuse"])
        #expect(response.status == 416 && response.body.count == 0)
        #expect(response.fields["Content-Range"] == "bytes */4")
    }

    @Test(arguments: [("1", "0..<2"), ("2", "3..<4"), ("4096", "4..<4")])
    func servesOtherBytes(by: String, bytes: String) throws {
        let response = try self.edited(["how": "shift", "by": by])
        #expect(response.status == 206 && response.bodyText == bytes)
        #expect(response.fields["Content-Range"] == "bytes 1-2/4")
    }

    @Test func saysWhichOtherBytesItServes() throws {
        let response = try self.edited(["how": "move", "by": "1"])
        #expect(response.bodyText == "0..<2")
        #expect(response.fields["Content-Range"] == "bytes 0-1/4")
    }

    @Test func servesNoBytesOrNoLength() throws {
        let empty = try self.edited(["how": "empty"])
        #expect(empty.status == 206 && empty.fields["Content-Length"] == "0")
        let unknown = try self.edited(["how": "unknown"])
        #expect(unknown.fields["Content-Range"] == "bytes 1-2/*" && unknown.bodyText == "1..<3")
    }

    /// RFC 9110 §14.6 allows it for one range, which hardly a client expects.
    @Test func servesOnePartOfSeveral() throws {
        let response = try self.edited(["how": "multipart"])
        #expect(response.status == 206 && response.fields["Content-Range"] == nil)
        #expect(response.fields["Content-Type"] == "multipart/byteranges; boundary=faultserve")
        #expect(response.body.parts.count == 3)
        #expect(response.fields["Content-Length"] == String(response.body.count))
        guard case .bytes(let head) = response.body.parts[0] else {
            Issue.record("no head")
            return
        }
        #expect(String(buffer: head).hasSuffix("Content-Range: bytes 1-2/4\r\n\r\n"))
    }

    private func always(_ fields: Fields) throws -> Response {
        EditedResponse.whole(
            try Ranges(["how": "always"]), to: Request(target: "/f", fields: fields))
    }

    /// The whole was to be sent, as the client's entity tag is another one.
    @Test func servesTheRangeAgainstIfRange() throws {
        let response = try self.always(["Range": "bytes=1-2", "If-Range": "\"other\""])
        #expect(response.status == 206 && response.bodyText == "1..<3")
        #expect(response.fields["Content-Range"] == "bytes 1-2/4")
        #expect(response.fields["Content-Length"] == "2")
    }

    @Test(
        arguments: [
            ["Range": "bytes=1-2"], ["If-Range": "\"other\""],
            ["Range": "lines=1-2", "If-Range": "\"other\""],
            ["Range": "bytes=9-", "If-Range": "\"other\""],
        ] as [Fields])
    func withoutIfRangeNothingChanges(fields: Fields) throws {
        #expect(try self.always(fields).status == 200)
    }

    @Test func aRequestWithoutARangeIsAnsweredHonestly() throws {
        let response = EditedResponse.whole(try Ranges([:]))
        #expect(response.status == 200 && response.fields["ETag"] == "\"1\"")
    }

    @Test func byBelongsToShift() {
        #expect(Ranges.complaint(["by": "1"])?.knob == "by")
        #expect(Ranges.complaint(["how": "shift", "by": "0"])?.knob == "by")
    }
}
