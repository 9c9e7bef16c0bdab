public import FaultKit

/// Gives clients tickets to resume with, or none, or refuses them with theirs.
public struct Sessions: HandshakeFault {
    public static let manual = Manual(
        name: "sessions",
        summary: "gives clients tickets to resume with, or none, or refuses them with theirs",
        requirement:
            "The client that is refused goes through a whole handshake, and looks at the certificate anew (RFC 8446 §4.6.1).",
        knobs: [
            .init(
                "tickets",
                "none (default), resumed: they are given and taken, so that who resumes sees no certificate; refused: they are given and not taken"
            )
        ],
        example: ["tickets": "none"])

    private let tickets: Handshake.Sessions

    /// Reads `tickets`.
    public init(_ knobs: inout Knobs) throws {
        self.tickets = try knobs.read("tickets", default: .withheld)
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.sessions = self.tickets
    }
}
