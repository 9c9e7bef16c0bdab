public import FaultKit

/// Exchanges keys by DHE in a group that is too small, or none.
public struct DHGroup: HandshakeFault {
    public static let manual = Manual(
        name: "dh-group",
        summary: "exchanges keys by DHE in a group that is too small, or none",
        requirement:
            "The client offers no DHE, or refuses groups of fewer than 2048 bits (RFC 9325 §4.4) and a generator "
            + "of a small subgroup (RFC 7919 §5.1). That a modulus is no prime it can hardly see.",
        knobs: [
            .init(
                "kind",
                "512, 768, 1024 (bits), composite: 2048 bits and no prime, or small-subgroup: its generator has the "
                    + "order 2. It takes a cipher suite with DHE, and an RSA certificate")
        ],
        example: ["kind": "1024"])

    private let kind: Handshake.DHGroup

    /// Reads `kind`.
    public init(_ knobs: inout Knobs) throws { self.kind = try knobs.read("kind") }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.dhGroup = self.kind
    }
}
