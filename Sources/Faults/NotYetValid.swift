public import FaultKit
import NIOCore

/// Presents a certificate that is not valid yet.
public struct NotYetValid: HandshakeFault {
    public static let manual = Manual(
        name: "not-yet-valid",
        summary: "presents a certificate whose validity has not begun",
        requirement:
            "The client that knows the time refuses the handshake because the certificate is not valid yet "
            + "(RFC 5280 §6.1.3), and sends no request.",
        knobs: [.init("by", "how long until the validity begins, up to 36500d; default 24h")],
        example: ["by": "24h"])

    private static let longest = TimeAmount.hours(36_500 * 24)
    private let by: TimeAmount

    /// Reads `by`.
    public init(_ knobs: inout Knobs) throws {
        self.by = try knobs.read("by", default: .hours(24))
        guard self.by >= .seconds(1), self.by <= Self.longest else {
            throw KnobError(knob: "by", "'by' is out of range; write a time from 1s to 36500d")
        }
    }

    /// Moves the validity as a whole, so that it is as long as it was.
    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        let length = handshake.certificate.notAfter - handshake.certificate.notBefore
        handshake.certificate.notBefore = self.by
        handshake.certificate.notAfter = self.by + length
    }
}
