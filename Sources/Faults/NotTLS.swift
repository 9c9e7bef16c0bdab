public import FaultKit

/// Answers the ClientHello with bytes of chance.
public struct NotTLS: HandshakeFault {
    public static let manual = Manual(
        name: "not-tls",
        summary: "answers the ClientHello with bytes of chance",
        requirement:
            "The client ends the connection, and takes nothing of it for TLS.",
        knobs: [
            .init("count", "how many, 1 to 16384; default 1000")
        ],
        example: ["count": "36"])

    private let count: Int

    /// Reads `count`.
    public init(_ knobs: inout Knobs) throws {
        self.count = try knobs.read("count", default: 1000)
        guard (1...16_384).contains(self.count) else {
            throw KnobError(knob: "count", "'count' is out of range; write 1 to 16384")
        }
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        // No content type of TLS, whatever comes behind it.
        handshake.refusal = .garbage(
            [0xFF] + (1..<self.count).map { _ in UInt8(dice.roll(0..<256)) })
    }
}
