public import FaultKit
import NIOCore

/// Puts intermediate CAs between the certificate and its root, right or wrong.
public struct Intermediate: HandshakeFault {
    public static let manual = Manual(
        name: "intermediate",
        summary: "puts intermediate CAs between the certificate and its root, right or wrong",
        requirement:
            "The client builds a path of CAs up to a root that it trusts (RFC 5280 §6.1), and refuses the "
            + "handshake if one of them is missing, is no CA, is not valid, or has more below it than it may.",
        knobs: [
            .init("count", "how many, 1 to 20; default 1, or 2 for path-length"),
            .init(
                "flaw",
                "none (default); missing: they are not sent; not-ca: the lowest is no CA; path-length: the "
                    + "highest allows none below it; expired: the lowest was valid once; not-yet-valid: it will be"
            ),
            .init(
                "permits",
                "the names that may be below the lowest, such as DNS:example or IP:192.0.2.1, or a list (RFC 5280 "
                    + "§4.2.1.10); default any"),
            .init(
                "key",
                "their keys: p256 (default), p384, rsa-2048 and others as certificate-key has them; of RSA, they "
                    + "can sign with MD5 too"),
        ],
        example: ["flaw": "missing"])

    private enum Flaw: String, CaseIterable, KnobValue {
        case none, missing, expired
        case notAuthority = "not-ca"
        case pathLength = "path-length"
        case notYetValid = "not-yet-valid"
    }

    private let count: Int
    private let flaw: Flaw
    private let permitted: [SubjectAltName]
    private let key: Certificate.Key

    /// Reads `count`, `flaw`, `permits` and `key`.
    public init(_ knobs: inout Knobs) throws {
        self.flaw = try knobs.read("flaw", default: .none)
        self.permitted = try knobs.readList("permits", of: NameKnob.self).compactMap(\.name)
        self.key = try knobs.read("key", default: .p256)
        let least = self.flaw == .pathLength ? 2 : 1
        self.count = try knobs.read("count", default: least)
        guard (least...20).contains(self.count) else {
            throw KnobError(knob: "count", "'count' is out of range; write \(least) to 20")
        }
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        var issuer = handshake.certificate.issuer
        for number in 1...self.count {
            var authority = Certificate.intermediate(
                "faultserve intermediate \(number)", issuer: issuer)
            authority.key = self.key
            if number == 1, self.flaw == .pathLength { authority.pathLength = 0 }
            if number == self.count {
                authority.permitted = self.permitted
                self.spoil(&authority)
            }
            issuer = .certificate(authority)
        }
        handshake.certificate.issuer = issuer
        if self.flaw == .missing { handshake.chain = .missing }
    }

    private func spoil(_ authority: inout Certificate) {
        switch self.flaw {
        case .notAuthority:
            authority.isAuthority = false
        case .expired:
            authority.notBefore = .hours(-48)
            authority.notAfter = .hours(-24)
        case .notYetValid:
            authority.notBefore = .hours(24)
            authority.notAfter = .hours(48)
        case .none, .missing, .pathLength:
            break
        }
    }
}
