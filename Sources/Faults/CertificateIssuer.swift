public import FaultKit

/// Presents a certificate that somebody else has signed.
public struct CertificateIssuer: HandshakeFault {
    public static let manual = Manual(
        name: "certificate-issuer",
        summary: "presents a certificate that another CA has signed, or itself",
        requirement:
            "The client refuses the handshake because no path leads to a CA that it trusts (RFC 5280 §6.1), "
            + "whatever the CA is called, and sends no request.",
        knobs: [
            .init(
                "who",
                "stranger (default): an unknown CA; lookalike: one with the name of the CA that the client "
                    + "trusts; itself: self-signed")
        ],
        example: ["who": "lookalike"])

    private enum Who: String, CaseIterable, KnobValue { case stranger, lookalike, itself }

    private let who: Who

    /// Reads `who`.
    public init(_ knobs: inout Knobs) throws {
        self.who = try knobs.read("who", default: .stranger)
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        switch self.who {
        case .stranger: handshake.certificate.issuer = .stranger
        case .lookalike: handshake.certificate.issuer = .lookalike
        case .itself: handshake.certificate.issuer = .itself
        }
    }
}
