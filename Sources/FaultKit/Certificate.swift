public import NIOCore

/// The recipe of a certificate. A fault edits it; the server's forge mints what it says.
public struct Certificate: Sendable, Hashable {
    /// The subject's CN (RFC 5280 §4.1.2.6).
    public var commonName: String
    /// The subjectAltName extension (RFC 5280 §4.2.1.6), in its order; no extension if empty.
    public var names: [SubjectAltName]
    /// First moment of validity, counted from the moment of minting; negative lies in the past.
    public var notBefore: TimeAmount
    /// Last moment of validity, counted from the moment of minting.
    public var notAfter: TimeAmount
    public var key = Key.p256
    /// The digest that its issuer signs (RFC 5280 §4.1.1.2).
    public var digest = Digest.sha256
    /// Whether it may sign others: basicConstraints (RFC 5280 §4.2.1.9).
    public var isAuthority = false
    /// How many intermediate certificates may follow it, if it says so.
    public var pathLength: Int?
    /// As OpenSSL names them: `digitalSignature`, `keyEncipherment`, `keyCertSign` (RFC 5280 §4.2.1.3).
    public var keyUsage = ["digitalSignature"]
    /// `serverAuth`, `clientAuth` ... (RFC 5280 §4.2.1.12); no extension if empty.
    public var extendedKeyUsage = ["serverAuth"]
    public var issuer = Issuer.authority
    /// Whether a CA that the client does not know has signed it too, for the same key; that one is sent first.
    public var isCrossSigned = false
    /// The subject's other attributes, as in `O=Example, C=DE`; none if empty.
    public var subject: [Attribute] = []
    /// What nobody should meet in a certificate; none if empty.
    public var oddities: Set<Oddity> = []
    /// Subtrees to which names below it are confined, as in `DNS:example` (RFC 5280 §4.2.1.10); none if empty.
    public var permitted: [SubjectAltName] = []
    /// Bytes of an extension that no client knows, so that the certificate is as large; 0: there is none.
    public var padding = 0

    /// An attribute of a subject: its short name as OpenSSL has it, and its value.
    public struct Attribute: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public enum Oddity: String, Sendable, Hashable, CaseIterable, KnobValue {
        /// Version 1, which has no extensions (RFC 5280 §4.1).
        case version1 = "version-1"
        /// A critical extension that nobody knows (RFC 5280 §4.2).
        case unknownCritical = "unknown-critical"
        /// The issuer's signature has a bit turned over.
        case brokenSignature = "broken-signature"
        /// The subjectAltName extension holds bytes that are no DER.
        case garbledNames = "garbled-names"
        /// The serial number is zero (RFC 5280 §4.1.2.2).
        case zeroSerial = "zero-serial"
        /// The serial number is longer than the 20 bytes that may be (RFC 5280 §4.1.2.2).
        case longSerial = "long-serial"
    }

    /// The kind of a public key.
    public enum Key: String, Sendable, Hashable, CaseIterable, KnobValue {
        case p192, p256, p384, p521
        case rsa1024 = "rsa-1024"
        case rsa2048 = "rsa-2048"
        case rsa3072 = "rsa-3072"
        case rsa4096 = "rsa-4096"
        case rsa8192 = "rsa-8192"
        case ed25519
    }

    /// A digest that is signed.
    public enum Digest: String, Sendable, Hashable, CaseIterable, KnobValue {
        case md5, sha1, sha256, sha384, sha512
    }

    /// Who signs a certificate.
    public indirect enum Issuer: Sendable, Hashable {
        /// The CA that the client is to trust.
        case authority
        /// Its own key.
        case itself
        /// A CA that the client does not know.
        case stranger
        /// A CA with the name of the one that the client trusts, and another key.
        case lookalike
        /// An intermediate CA.
        case certificate(Certificate)
    }

    public init(
        commonName: String, names: [SubjectAltName], notBefore: TimeAmount = .hours(-24),
        notAfter: TimeAmount = .hours(397 * 24)
    ) {
        self.commonName = commonName
        self.names = names
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// An intermediate CA.
    public static func intermediate(
        _ commonName: String, issuer: Issuer = .authority
    ) -> Certificate {
        var certificate = Certificate(commonName: commonName, names: [])
        certificate.isAuthority = true
        certificate.keyUsage = ["keyCertSign", "cRLSign"]
        certificate.extendedKeyUsage = []
        certificate.issuer = issuer
        return certificate
    }

    var isWeak: Bool {
        [.p192, .rsa1024].contains(self.key) || [.md5, .sha1].contains(self.digest)
    }
}

/// A name in a certificate's subjectAltName extension.
public enum SubjectAltName: Sendable, Hashable, CustomStringConvertible {
    /// A dNSName; any text.
    case dns(String)
    /// An iPAddress, written as text: `192.168.2.106` or `fe80::1`.
    case ip(String)
    /// A uniformResourceIdentifier.
    case uri(String)

    /// As OpenSSL writes it: `DNS:localhost`, `IP:127.0.0.1`.
    public var description: String {
        switch self {
        case .dns(let name): "DNS:\(name)"
        case .ip(let address): "IP:\(address)"
        case .uri(let text): "URI:\(text)"
        }
    }
}
