public import FaultKit

/// Sends the client elsewhere.
public struct Redirect: ResponseFault {
    public static let manual = Manual(
        name: "redirect",
        summary: "sends the client elsewhere",
        requirement:
            "The client follows a few redirects to HTTPS URLs (RFC 9110 §15.4), and ends with any other, a "
            + "loop, or none at all; what it finds there it trusts no more than the first server.",
        knobs: [
            .init("code", "301, 302 (default), 303, 307 or 308"),
            .init(
                "to",
                "the Location: a URL or path, in which {authority} is the Host field of the request, {port} "
                    + "its port and {target} what it asked for; default {target}, which is a loop"),
            .init("location", "no: there is no Location field; default yes"),
            .init("close", "yes: the connection is closed behind the response; default no"),
        ],
        example: ["to": "{target}?moved"])

    private let code: Int
    private let target: String?
    private let closes: Bool

    /// Reads `code`, `to`, `location` and `close`.
    public init(_ knobs: inout Knobs) throws {
        self.code = try knobs.read("code", default: 302)
        let target = try knobs.readIfSet("to", as: String.self)
        let hasLocation = try knobs.read("location", default: true)
        self.closes = try knobs.read("close", default: false)
        guard [301, 302, 303, 307, 308].contains(self.code) else {
            throw KnobError(knob: "code", "'code' is no redirect; write 301, 302, 303, 307 or 308")
        }
        guard hasLocation || target == nil else {
            throw KnobError(
                knob: "to", "without a Location there is no 'to'; leave one of them out")
        }
        if let target, !target.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) }) {
            throw KnobError(knob: "to", "'to' is no URL: write it in ASCII, without spaces")
        }
        self.target = hasLocation ? target ?? "{target}" : nil
    }

    public var speaksPlainHTTP: Bool { self.target?.hasPrefix("http://{authority}") == true }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        let authority = request.fields["Host"] ?? "localhost"
        let port = authority.split(separator: ":").last.flatMap { Int($0) }.map(String.init)
        let location = self.target.map {
            Self.filled(
                $0, ["{authority}": authority, "{port}": port ?? "443", "{target}": request.target])
        }
        var fields = response.fields
        for name in ["ETag", "Last-Modified", "Accept-Ranges", "Content-Range", "Content-Encoding"]
        {
            fields[name] = nil
        }
        let body = Body.text("It is elsewhere.\n")
        fields["Location"] = location
        fields["Content-Type"] = "text/plain; charset=utf-8"
        fields["Content-Length"] = String(body.count)
        if self.closes { fields["Connection"] = "close" }
        response = Response(
            status: self.code, reason: Phrases.phrase(for: self.code), fields: fields, body: body,
            sequel: self.closes ? .end(.clean) : response.sequel)
    }

    /// The text with what its placeholders stand for.
    private static func filled(_ text: String, _ values: KeyValuePairs<String, String>) -> String {
        var (rest, filled) = (text[...], "")
        while let character = rest.first {
            if let (name, value) = values.first(where: { rest.hasPrefix($0.key) }) {
                filled += value
                rest = rest.dropFirst(name.count)
            } else {
                filled.append(character)
                rest = rest.dropFirst()
            }
        }
        return filled
    }
}
