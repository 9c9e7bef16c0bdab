public import FaultKit

/// Presents a certificate that is signed over another digest.
public struct CertificateDigest: HandshakeFault {
    public static let manual = Manual(
        name: "certificate-digest",
        summary: "presents a certificate that is signed over another digest",
        requirement:
            "The client refuses a signature over MD5 or SHA-1 (RFC 9155), with which certificates can be "
            + "forged, and sends no request.",
        knobs: [.init("digest", "md5, sha1 (default), sha256, sha384 or sha512")],
        example: ["digest": "sha1"])

    private let digest: Certificate.Digest

    /// Reads `digest`.
    public init(_ knobs: inout Knobs) throws {
        self.digest = try knobs.read("digest", default: .sha1)
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.certificate.digest = self.digest
    }
}
