public import FaultKit

/// Answers with a status of its own instead of the image.
public struct Status: ResponseFault {
    public static let manual = Manual(
        name: "status",
        summary: "answers with a status code instead of what was asked for",
        requirement:
            "The client judges by the status code, installs nothing of the body, and tries again only "
            + "where the code says that this can help (RFC 9110 §15), not before Retry-After.",
        knobs: [
            .init("code", "the status code, 100 to 999"),
            .init("reason", "the reason phrase; default the code's own"),
            .init("body", "the text that is sent; default a short sentence"),
            .init(
                "retry-after", "seconds that a Retry-After field asks for; default no such field"),
            .init("retry-as", "seconds (default), or date: the field names the moment"),
        ],
        example: ["code": "503", "retry-after": "5"])

    /// What speaks of the representation that is not sent.
    private static let entityFields = [
        "ETag", "Last-Modified", "Accept-Ranges", "Content-Range", "Content-Encoding",
        "Content-Disposition", "Transfer-Encoding", "Content-Length", "Content-Type",
    ]

    private let code: Int
    private let reason: String
    private let body: String?
    private let retryAfter: Int?
    private let retryForm: RetryForm

    private enum RetryForm: String, CaseIterable, KnobValue { case seconds, date }

    /// Reads `code`, `reason`, `body`, `retry-after` and `retry-as`.
    public init(_ knobs: inout Knobs) throws {
        self.code = try knobs.read("code")
        let reason = try knobs.readIfSet("reason", as: String.self)
        let body = try knobs.readIfSet("body", as: String.self)
        self.retryAfter = try knobs.readIfSet("retry-after")
        guard (100...999).contains(self.code) else {
            throw KnobError(knob: "code", "'code' is out of range; write 100 to 999")
        }
        guard (self.retryAfter ?? 0) >= 0 else {
            throw KnobError(
                knob: "retry-after", "'retry-after' is negative; write seconds such as 5")
        }
        let form = try knobs.readIfSet("retry-as", as: RetryForm.self)
        guard form == nil || self.retryAfter != nil else {
            throw KnobError(
                knob: "retry-as", "'retry-as' is the form of 'retry-after'; write that too")
        }
        self.retryForm = form ?? .seconds
        self.reason = reason ?? Phrases.phrase(for: self.code)
        guard self.reason.unicodeScalars.allSatisfy({ $0.value <= 0xFF }) else {
            throw KnobError(
                knob: "reason", "'reason' has characters beyond ISO-8859-1; write it without them")
        }
        // These have no content (RFC 9110 §6.4.1).
        let hasContent = self.code >= 200 && self.code != 204 && self.code != 304
        guard hasContent || body == nil else {
            throw KnobError(knob: "body", "a \(self.code) response has no body; leave 'body' out")
        }
        let standard = "The server answers \(self.code) \(self.reason).\n"
        self.body = hasContent ? body ?? standard : nil
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        response.status = self.code
        response.reason = self.reason
        for name in Self.entityFields { response.fields[name] = nil }
        response.fields["Retry-After"] = self.retryAfter.map { self.said($0, by: response) }
        response.body = Body()
        if let body = self.body {
            response.body = .text(body)
            response.fields["Content-Type"] = "text/plain; charset=utf-8"
            response.fields["Content-Length"] = String(response.body.count)
        }
    }

    /// What Retry-After says: seconds, or a moment by the response's own date (RFC 9110 §10.2.3).
    private func said(_ seconds: Int, by response: Response) -> String {
        guard self.retryForm == .date,
            let now = response.fields["Date"].flatMap({ HTTPDate.seconds($0, now: 0) })
        else { return String(seconds) }
        return HTTPDate.text(now + min(seconds, 1 << 40))
    }
}
