public import FaultKit

/// Refuses the handshake with an alert.
public struct FatalAlert: HandshakeFault {
    public static let manual = Manual(
        name: "fatal-alert",
        summary: "answers the ClientHello with a fatal alert",
        requirement:
            "The client ends the connection at once (RFC 8446 §6.2), and tries again later at most.",
        knobs: [.init("number", "the alert's number, 1 to 255; default 40, handshake_failure")],
        example: ["number": "40"])

    private let number: Int

    /// Reads `number`.
    public init(_ knobs: inout Knobs) throws {
        self.number = try knobs.read("number", default: 40)
        guard (1...255).contains(self.number) else {
            throw KnobError(knob: "number", "'number' is out of range; write 1 to 255")
        }
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.refusal = .alert(self.number)
    }
}
