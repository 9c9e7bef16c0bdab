import FaultKit
import Testing

@testable import FaultServer

@Suite struct ConditionTests {
    struct Case: Sendable {
        let fields: Fields
        let status: Int

        init(_ fields: Fields, _ status: Int) {
            self.fields = fields
            self.status = status
        }
    }

    private static let own = "Sun, 06 Nov 1994 08:49:37 GMT"
    private static let before = "Sun, 06 Nov 1994 08:49:36 GMT"
    private static let after = "Sunday, 06-Nov-94 08:49:38 GMT"

    /// Answers for an image of ten bytes; `TAG` in a field stands for its tag, quotes included.
    private func ask(_ fields: Fields, method: String = "GET", now: Int = OriginClient.now)
        throws -> Response
    {
        let client = try OriginClient(bytes: Array("0123456789".utf8))
        let tag = try #require(client.ask("/firmware.bin").fields["ETag"])
        let filled = fields.list.map { field in
            Field(
                field.name,
                field.value.split(separator: "TAG", omittingEmptySubsequences: false)
                    .joined(separator: tag))
        }
        return client.ask("/firmware.bin", Fields(filled), method: method, now: now)
    }

    @Test(arguments: [
        // If-Match (RFC 9110 §13.1.1): strong comparison
        Case(["If-Match": "TAG"], 200), Case(["If-Match": "*"], 200),
        Case(["If-Match": "\"x\", TAG, \"y\""], 200), Case(["If-Match": "W/TAG"], 412),
        Case(["If-Match": "\"xyzzy\""], 412), Case(["If-Match": ""], 412),
        Case(["If-Match": "\"*\""], 412), Case(["If-Match": "TAG, x"], 412),
        Case(["If-Match": "\"x\"", "if-match": "TAG"], 200),
        Case(["If-Match": ",, TAG ,"], 200), Case(["If-Match": "TAG TAG"], 412),
        // If-Unmodified-Since (§13.1.4)
        Case(["If-Unmodified-Since": own], 200), Case(["If-Unmodified-Since": after], 200),
        Case(["If-Unmodified-Since": before], 412), Case(["If-Unmodified-Since": "today"], 200),
        Case(["If-Unmodified-Since": before, "if-unmodified-since": before], 200),
        // If-None-Match (§13.1.2): weak comparison
        Case(["If-None-Match": "TAG"], 304), Case(["If-None-Match": "*"], 304),
        Case(["If-None-Match": "W/TAG"], 304), Case(["If-None-Match": " * "], 304),
        Case(["If-None-Match": "\"a,b\", W/\"c\", TAG"], 304),
        Case(["If-None-Match": "\"xyzzy\""], 200), Case(["If-None-Match": ""], 200),
        Case(["If-None-Match": "w/TAG"], 200), Case(["If-None-Match": "TAG\"\""], 200),
        Case(["If-None-Match": "\"a", "if-none-match": "TAG"], 200),
        Case(["If-None-Match": "*, TAG"], 200),
        // If-Modified-Since (§13.1.3)
        Case(["If-Modified-Since": own], 304), Case(["If-Modified-Since": after], 304),
        Case(["If-Modified-Since": before], 200), Case(["If-Modified-Since": ""], 200),
        Case(["If-Modified-Since": "Sun Nov  6 08:49:37 1994"], 304),
        // The order (§13.2.2)
        Case(["If-Match": "TAG", "If-Unmodified-Since": before], 200),
        Case(["If-Match": "\"x\"", "If-None-Match": "TAG"], 412),
        Case(["If-Match": "TAG", "If-None-Match": "TAG"], 304),
        Case(["If-Unmodified-Since": before, "If-None-Match": "TAG"], 412),
        Case(["If-Unmodified-Since": own, "If-Modified-Since": own], 304),
        Case(["If-None-Match": "\"x\"", "If-Modified-Since": after], 200),
        Case(["If-None-Match": "TAG", "If-Modified-Since": before], 304),
        Case(["If-None-Match": "TAG", "Range": "bytes=0-1", "If-Range": "TAG"], 304),
        Case(["If-None-Match": "\"x\"", "Range": "bytes=0-1", "If-Range": "TAG"], 206),
        Case(["If-Match": "\"x\"", "Range": "bytes=99-"], 412),
        Case(["If-None-Match": "TAG", "Range": "bytes=99-"], 304),
        // If-Range (§13.1.5): strong comparison, or exactly this date
        Case(["Range": "bytes=0-1", "If-Range": "TAG"], 206),
        Case(["Range": "bytes=0-1", "If-Range": "W/TAG"], 200),
        Case(["Range": "bytes=0-1", "If-Range": "\"x\""], 200),
        Case(["Range": "bytes=0-1", "If-Range": "TAG, TAG"], 200),
        Case(["Range": "bytes=0-1", "If-Range": "*"], 200),
        Case(["Range": "bytes=0-1", "If-Range": ""], 200),
        Case(["Range": "bytes=0-1", "If-Range": own], 206),
        Case(["Range": "bytes=0-1", "If-Range": "Sun Nov  6 08:49:37 1994"], 206),
        Case(["Range": "bytes=0-1", "If-Range": after], 200),
        Case(["Range": "bytes=0-1", "If-Range": before], 200),
        Case(["Range": "bytes=0-1", "If-Range": "TAG", "if-range": "TAG"], 200),
        Case(["Range": "bytes=99-", "If-Range": "TAG"], 416),
        Case(["Range": "bytes=99-", "If-Range": "\"x\""], 200),
        Case(["If-Range": "\"x\""], 200),
    ])
    func areEvaluatedInOrder(_ condition: Case) throws {
        #expect(try self.ask(condition.fields).status == condition.status)
        // HEAD differs in ranges alone.
        let head = [206: 200, 416: 200][condition.status] ?? condition.status
        #expect(try self.ask(condition.fields, method: "HEAD").status == head)
    }

    @Test func notModifiedCarriesTheValidatorsAndNoLength() throws {
        let response = try self.ask(["If-None-Match": "*"])
        #expect(
            response.fields.list.map(\.name) == ["Server", "Date", "Last-Modified", "ETag"])
        #expect(response.body.count == 0)
    }

    @Test func aDateOfThisVerySecondAllowsNoRange() throws {
        let fields: Fields = ["Range": "bytes=0-1", "If-Range": Self.own]
        #expect(try self.ask(fields, now: OriginClient.modified).status == 200)
        #expect(try self.ask(fields, now: OriginClient.modified + 1).status == 206)
    }

    @Test func nothingWasModifiedInTheFuture() throws {
        let early = OriginClient.modified - 100
        let response = try self.ask([:], now: early)
        #expect(response.fields["Last-Modified"] == response.fields["Date"])
        #expect(try self.ask(["If-Modified-Since": HTTPDate.text(early)], now: early).status == 304)
    }

    @Test(arguments: [
        Case(["If-None-Match": "*"], 304), Case(["If-None-Match": "\"x\""], 200),
        Case(["If-Match": "*"], 200), Case(["If-Match": "\"x\""], 412),
        Case(["If-Modified-Since": after], 200), Case(["If-Unmodified-Since": before], 200),
        Case(["Range": "bytes=0-1"], 200),
    ])
    func listingsHaveNoValidators(_ condition: Case) throws {
        let client = try OriginClient(bytes: [])
        #expect(client.status("/", condition.fields) == condition.status)
    }

    @Test func conditionsOfWhatIsNotThereAreIgnored() throws {
        let client = try OriginClient(bytes: [])
        #expect(client.status("/missing", ["If-None-Match": "*"]) == 404)
        #expect(client.status("/missing", ["If-Match": "\"x\""]) == 404)
    }
}
