public import NIOCore

/// What a server says of itself in one TLS handshake, before OpenSSL has seen any of it.
public struct Handshake: Sendable, Hashable {
    /// The leaf certificate.
    public var certificate: Certificate
    /// Oldest and newest version that the server speaks.
    public var versions: ClosedRange<TLSVersion>

    public init(certificate: Certificate, versions: ClosedRange<TLSVersion> = .tls1_2 ... .tls1_3) {
        self.certificate = certificate
        self.versions = versions
    }
}

/// A version of TLS.
public enum TLSVersion: String, Sendable, Hashable, CaseIterable, Comparable, KnobValue {
    case tls1_2 = "1.2"
    case tls1_3 = "1.3"

    public static func < (left: TLSVersion, right: TLSVersion) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// The recipe of a leaf certificate. A fault edits it; the server's forge mints what it says.
public struct Certificate: Sendable, Hashable {
    /// The subject's CN (RFC 5280 §4.1.2.6).
    public var commonName: String
    /// The subjectAltName extension (RFC 5280 §4.2.1.6), in its order; no extension if empty.
    public var names: [SubjectAltName]
    /// First moment of validity, counted from the moment of minting; negative lies in the past.
    public var notBefore: TimeAmount
    /// Last moment of validity, counted from the moment of minting.
    public var notAfter: TimeAmount

    public init(
        commonName: String, names: [SubjectAltName], notBefore: TimeAmount = .hours(-24),
        notAfter: TimeAmount = .hours(397 * 24)
    ) {
        self.commonName = commonName
        self.names = names
        self.notBefore = notBefore
        self.notAfter = notAfter
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
