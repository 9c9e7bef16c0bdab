public import FaultKit

/// Exchanges keys in other groups.
public struct Groups: HandshakeFault {
    public static let manual = Manual(
        name: "groups",
        summary: "exchanges keys in other groups",
        requirement:
            "The client answers a HelloRetryRequest with a key of the group that is asked for, once (RFC 8446 §4.1.4), and ends the handshake with a server that has no group in common with it.",
        knobs: [
            .init("list", "as OpenSSL lists them, such as P-521 or P-384, or several")
        ],
        example: ["list": "P-521"])

    private let list: String

    /// Reads `list`.
    public init(_ knobs: inout Knobs) throws {
        let list = try knobs.readList("list", of: String.self)
        guard !list.isEmpty else {
            throw KnobError(knob: "list", "'list' is missing; write names such as P-521 or X25519")
        }
        self.list = list.joined(separator: ":")
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.groups = self.list
    }
}
