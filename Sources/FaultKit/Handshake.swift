public import NIOCore

/// What a server says of itself in one TLS handshake, before OpenSSL has seen any of it.
public struct Handshake: Sendable, Hashable {
    /// The leaf certificate.
    public var certificate: Certificate
    /// Whether the intermediate certificates between leaf and root are sent too (RFC 8446 §4.4.2).
    public var sendsIntermediates = true
    /// Oldest and newest version that the server speaks.
    public var versions: ClosedRange<TLSVersion>
    /// The cipher suites of TLS 1.2 and older, as OpenSSL lists them; nil: its default.
    public var ciphers: String?
    /// Whether the client has to present a certificate (RFC 8446 §4.3.2).
    public var wantsClientCertificate = false
    /// What the server answers the ClientHello with instead; nil: it goes on.
    public var refusal: Refusal?

    /// How a server refuses a handshake.
    public enum Refusal: Sendable, Hashable {
        /// A fatal alert of that number (RFC 8446 §6).
        case alert(Int)
        /// A response of plain HTTP.
        case plainHTTP
    }

    public init(certificate: Certificate, versions: ClosedRange<TLSVersion> = .tls1_2 ... .tls1_3) {
        self.certificate = certificate
        self.versions = versions
    }

    /// Whether OpenSSL would refuse to take part without being told that nobody cares.
    public var isWeak: Bool {
        self.versions.lowerBound < .tls1_2 || self.ciphers != nil || self.certificate.isWeak
    }
}

/// A version of TLS.
public enum TLSVersion: String, Sendable, Hashable, CaseIterable, Comparable, KnobValue {
    case tls1_0 = "1.0"
    case tls1_1 = "1.1"
    case tls1_2 = "1.2"
    case tls1_3 = "1.3"

    public static func < (left: TLSVersion, right: TLSVersion) -> Bool {
        left.rawValue < right.rawValue
    }
}

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

    /// The kind of a public key.
    public enum Key: String, Sendable, Hashable, CaseIterable, KnobValue {
        case p192, p256, p384, p521
        case rsa1024 = "rsa-1024"
        case rsa2048 = "rsa-2048"
        case rsa4096 = "rsa-4096"
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

    fileprivate var isWeak: Bool {
        [.p192, .rsa1024].contains(self.key) || [.md5, .sha1].contains(self.digest)
    }
}

/// A name in a certificate's subjectAltName extension.
public enum SubjectAltName: Sendable, Hashable, CustomStringConvertible {
    /// A dNSName; any text.
    case dns(String)
    /// An iPAddress, written as text: `192.168.2.106` or `fe80::1`.
    case ip(String)

    /// As OpenSSL writes it: `DNS:localhost`, `IP:127.0.0.1`.
    public var description: String {
        switch self {
        case .dns(let name): "DNS:\(name)"
        case .ip(let address): "IP:\(address)"
        }
    }
}
