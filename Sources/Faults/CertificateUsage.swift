public import FaultKit

/// Presents a certificate that is meant for something else.
public struct CertificateUsage: HandshakeFault {
    public static let manual = Manual(
        name: "certificate-usage",
        summary: "presents a certificate that is meant for something else",
        requirement:
            "The client refuses a certificate whose key usage or extended key usage does not let it be a TLS "
            + "server's (RFC 5280 §4.2.1.3, §4.2.1.12), and sends no request.",
        knobs: [
            .init("key", "keyUsage, such as keyEncipherment or keyCertSign, or a list"),
            .init("extended", "extendedKeyUsage, such as clientAuth, or a list"),
        ],
        example: ["extended": "clientAuth"])

    private let key: [KeyUsage]
    private let extended: [ExtendedKeyUsage]

    /// Reads `key` and `extended`.
    public init(_ knobs: inout Knobs) throws {
        self.key = try knobs.readList("key")
        self.extended = try knobs.readList("extended")
        guard !self.key.isEmpty || !self.extended.isEmpty else {
            throw KnobError(
                knob: "key", "'key' is missing, and so is 'extended'; write one of them")
        }
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        if !self.key.isEmpty { handshake.certificate.keyUsage = self.key.map(\.rawValue) }
        if !self.extended.isEmpty {
            handshake.certificate.extendedKeyUsage = self.extended.map(\.rawValue)
        }
    }
}

/// As RFC 5280 and OpenSSL write them.
private enum KeyUsage: String, CaseIterable, KnobValue {
    case digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment, keyAgreement
    case keyCertSign, cRLSign

    init?(knob text: String) { self.init(rawValue: text) }
}

private enum ExtendedKeyUsage: String, CaseIterable, KnobValue {
    case serverAuth, clientAuth, codeSigning, emailProtection, timeStamping
    case OCSPSigning

    init?(knob text: String) { self.init(rawValue: text) }
}
