public import FaultKit

/// Staples an OCSP response where the client asks for one.
public struct OCSPStaple: HandshakeFault {
    public static let manual = Manual(
        name: "ocsp-staple",
        summary: "staples an OCSP response where the client asks for one",
        requirement:
            "The client that asks for a staple refuses a certificate that is revoked, and takes nothing that is out of date, garbage, or about another certificate for an answer (RFC 6960 §3.2).",
        knobs: [
            .init(
                "status",
                "good, revoked (default), unknown, expired: good and out of date; unrelated: about another certificate; or garbage"
            )
        ],
        example: ["status": "revoked"])

    private let status: Handshake.Staple

    /// Reads `status`.
    public init(_ knobs: inout Knobs) throws {
        self.status = try knobs.read("status", default: .revoked)
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.staple = self.status
    }
}
