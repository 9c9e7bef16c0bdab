public import FaultKit

/// Presents a certificate that is odd as a file: its version, serial number, signature or extensions.
public struct CertificateOddity: HandshakeFault {
    public static let manual = Manual(
        name: "certificate-oddity",
        summary:
            "presents a certificate that is odd as a file: its version, serial number, signature or extensions",
        requirement:
            "The client refuses a signature that does not fit, a critical extension that it does not know (RFC 5280 §4.2), and names that it cannot read; it bears with an odd serial number (RFC 5280 §4.1.2.2).",
        knobs: [
            .init(
                "what",
                "broken-signature (default), garbled-names, unknown-critical, version-1, zero-serial or long-serial; or a list"
            )
        ],
        example: ["what": "unknown-critical"])

    private let oddities: Set<Certificate.Oddity>

    /// Reads `what`.
    public init(_ knobs: inout Knobs) throws {
        let list = try knobs.readList("what", of: Certificate.Oddity.self)
        self.oddities = list.isEmpty ? [.brokenSignature] : Set(list)
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.certificate.oddities.formUnion(self.oddities)
    }
}
