public import FaultKit

/// Presents a certificate and signs the handshake with another key.
public struct AnotherKey: HandshakeFault {
    public static let manual = Manual(
        name: "another-key",
        summary: "presents a certificate and signs the handshake with another key",
        requirement:
            "The client refuses the handshake, as the signature is not the certificate's (RFC 8446 §4.4.3), and sends no request.",
        knobs: [],
        example: [:])

    /// Reads nothing.
    public init(_ knobs: inout Knobs) throws {
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.hasItsKey = false
    }
}
