public import FaultKit

/// Sends the certificates above its own in another way.
public struct CertificateChain: HandshakeFault {
    public static let manual = Manual(
        name: "certificate-chain",
        summary: "sends the certificates above its own in another way",
        requirement:
            "The client finds its path whatever the order, and whatever else is sent (RFC 8446 §4.4.2), and ends the connection where it has no room for the chain.",
        knobs: [
            .init(
                "how",
                "reversed, doubled, stranger: one that has nothing to do with it comes first; root: the root too; or cross-signed: the intermediate once more, by a CA that the client does not know; default as it is"
            ),
            .init(
                "padding",
                "bytes by which the certificate is larger, such as 20KiB, up to 100KiB; default none"
            ),
        ],
        example: ["how": "reversed"])

    private let how: How?
    private let padding: Int

    /// Reads `how`, `padding`.
    public init(_ knobs: inout Knobs) throws {
        self.how = try knobs.readIfSet("how")
        self.padding = try knobs.read("padding", default: ByteCount(0)).bytes
        guard self.how != nil || self.padding > 0 else {
            throw KnobError(knob: "how", "'how' is missing, and so is 'padding'; write one of them")
        }
        guard self.padding <= 100 << 10 else {
            throw KnobError(knob: "padding", "'padding' is out of range; write up to 100KiB")
        }
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        if self.padding > 0 { handshake.certificate.padding = self.padding }
        switch self.how {
        case .reversed: handshake.chain = .reversed
        case .doubled: handshake.chain = .doubled
        case .stranger: handshake.chain = .stranger
        case .root: handshake.chain = .root
        case .crossSigned: handshake.certificate.crossSign()
        case nil: break
        }
    }
}

private enum How: String, CaseIterable, KnobValue {
    case reversed, doubled, stranger, root
    case crossSigned = "cross-signed"
}

extension Certificate {
    /// Has the lowest intermediate signed by two; there is one then at least.
    fileprivate mutating func crossSign() {
        var authority: Certificate
        if case .certificate(let parent) = self.issuer {
            authority = parent
        } else {
            authority = .intermediate("faultserve intermediate", issuer: self.issuer)
        }
        authority.isCrossSigned = true
        self.issuer = .certificate(authority)
    }
}
