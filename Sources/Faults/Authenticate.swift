public import FaultKit

/// Asks for a login and takes none.
public struct Authenticate: ResponseFault {
    public static let manual = Manual(
        name: "authenticate",
        summary: "asks for a login, and takes none",
        requirement:
            "The client that has no credentials, or whose credentials are refused, gives up after a few "
            + "tries (RFC 9110 §15.5.2), and sends them to no other host.",
        knobs: [
            .init("scheme", "basic (default), digest, bearer, or none: the field is missing"),
            .init("realm", "the realm; default firmware"),
        ],
        example: ["scheme": "basic"])

    private enum Scheme: String, CaseIterable, KnobValue { case basic, digest, bearer, none }

    private let scheme: Scheme
    private let realm: String

    /// Reads `scheme` and `realm`.
    public init(_ knobs: inout Knobs) throws {
        self.scheme = try knobs.read("scheme", default: .basic)
        self.realm = try knobs.read("realm", default: "firmware")
        guard
            self.realm.unicodeScalars.allSatisfy({ (0x20...0x7E).contains($0.value) && $0 != "\"" })
        else {
            throw KnobError(knob: "realm", "'realm' is no quoted text; write it in ASCII")
        }
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        let body = Body.text("Who are you?\n")
        var fields: Fields = [
            "Content-Type": "text/plain; charset=utf-8", "Content-Length": String(body.count),
        ]
        for name in ["Date", "Server", "Connection"] { fields[name] = response.fields[name] }
        fields["WWW-Authenticate"] = self.challenge(&dice)
        response = Response(
            status: 401, reason: Phrases.phrase(for: 401), fields: fields, body: body,
            sequel: response.sequel)
    }

    private func challenge(_ dice: inout Dice) -> String? {
        switch self.scheme {
        case .basic: "Basic realm=\"\(self.realm)\""
        case .digest:
            "Digest realm=\"\(self.realm)\", qop=\"auth\", algorithm=SHA-256, "
                + "nonce=\"\(String(dice.next(), radix: 16))\""
        case .bearer: "Bearer realm=\"\(self.realm)\""
        case .none: nil
        }
    }
}
