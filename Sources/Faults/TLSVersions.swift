public import FaultKit

/// Speaks other versions of TLS.
public struct TLSVersions: HandshakeFault {
    public static let manual = Manual(
        name: "tls-versions",
        summary: "speaks other versions of TLS",
        requirement:
            "The client goes no further down than TLS 1.2 (RFC 8996), and ends the handshake with a server "
            + "that has no version in common with it.",
        knobs: [
            .init("min", "the oldest: 1.0, 1.1, 1.2 (default) or 1.3"),
            .init("max", "the newest; default 1.3"),
        ],
        example: ["min": "1.0", "max": "1.1"])

    private let versions: ClosedRange<TLSVersion>

    /// Reads `min` and `max`.
    public init(_ knobs: inout Knobs) throws {
        let newest = try knobs.read("max", default: TLSVersion.tls1_3)
        let oldest = try knobs.read("min", default: min(.tls1_2, newest))
        guard oldest <= newest else {
            throw KnobError(knob: "min", "'min' is newer than 'max'; write an older one")
        }
        self.versions = oldest...newest
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.versions = self.versions
    }
}
