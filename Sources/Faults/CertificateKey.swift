public import FaultKit

/// Presents a certificate for a key of another kind.
public struct CertificateKey: HandshakeFault {
    public static let manual = Manual(
        name: "certificate-key",
        summary: "presents a certificate for a key of another kind",
        requirement:
            "The client refuses a key that is too weak, such as RSA below 2048 bits or a curve below 256 "
            + "(NIST SP 800-131A), and works with any that it knows.",
        knobs: [
            .init(
                "kind",
                "p192, p256, p384, p521, rsa-1024, rsa-2048, rsa-3072, rsa-4096, rsa-8192 or ed25519"
            )
        ],
        example: ["kind": "rsa-1024"])

    private let kind: Certificate.Key

    /// Reads `kind`.
    public init(_ knobs: inout Knobs) throws { self.kind = try knobs.read("kind") }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.certificate.key = self.kind
    }
}
