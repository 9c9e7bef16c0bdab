import COpenSSL
import FaultKit

/// How a kind of client compares the host in its URL with a certificate's names.
public enum NameRule: String, Sendable, CaseIterable {
    /// Names in subjectAltName, addresses as iPAddress alone, the CN only where there is no dNSName (RFC 6125 §6).
    case rfc6125 = "RFC 6125"
    /// Text of dNSNames alone, for addresses too; the CN where there is no subjectAltName at all.
    case oldMbedTLS = "Mbed TLS < 3.5"
    /// The same, and addresses as iPAddress too.
    case mbedTLS = "Mbed TLS >= 3.5"
    /// What the linked OpenSSL says (X509_check_host(3), X509_check_ip(3)).
    case openSSL = "OpenSSL"
}

extension NameRule {
    /// Whether a client of this kind takes a certificate for its host's.
    /// - Throws: ``ServerError`` if OpenSSL makes no certificate with these names.
    func isSatisfied(by certificate: Certificate, for host: Host) throws(ServerError) -> Bool {
        let text = host.description
        let domains = certificate.names.compactMap { name in
            if case .dns(let domain) = name { domain } else { nil }
        }
        let hasAddress = certificate.names.contains { name in
            guard case .ip(let text) = name, case .address(let address) = host else { return false }
            return HostAddress(text) == address
        }
        switch self {
        case .rfc6125:
            if case .address = host { return hasAddress }
            let candidates = domains.isEmpty ? [certificate.commonName] : domains
            return candidates.contains { Self.matches($0, text) }
        case .oldMbedTLS, .mbedTLS:
            let candidates = certificate.names.isEmpty ? [certificate.commonName] : domains
            return candidates.contains { Self.matches($0, text) } || self == .mbedTLS && hasAddress
        case .openSSL:
            let draft = CertificateDraft.chained(certificate, key: try .p256())
            return try draft.signed(at: WallClock.now()).covers(host)
        }
    }

    /// Without regard to case; `*` stands for the whole of the first label.
    private static func matches(_ pattern: String, _ host: String) -> Bool {
        let (pattern, host) = (pattern.lowercased(), host.lowercased())
        guard pattern.hasPrefix("*."), let dot = host.firstIndex(of: ".") else {
            return pattern == host
        }
        return dot > host.startIndex && pattern.dropFirst() == host[dot...]
    }
}

/// Which kinds of clients take certificates with which names, as rows of a table.
public enum NameMatrix {
    public struct Row: Sendable, Hashable, Encodable {
        public let profile: String
        public let host: String
        public let commonName: String
        public let names: [String]
        /// By the rule's name.
        public let isTaken: [String: Bool]

        /// The CN and the first names, and how many more there are, for a line.
        public var namesInShort: String {
            (["CN=\(self.commonName)"] + self.names).map(\.printable).inShort(5)
        }
    }

    /// One row for each profile whose first step edits the names of a certificate, and one for the honest
    /// certificate.
    /// - Parameters:
    ///   - hosts: those of the honest certificate; its first is called where a profile's device calls no other.
    /// - Throws: ``ServerError`` for a wrong host.
    public static func rows(
        of profiles: [Profile], hosts: [String]
    ) throws(ServerError) -> [Row] {
        let honest = try Certificate.honest(for: hosts)
        var rows = [try Self.row("(none)", honest, host: hosts[0])]
        for profile in profiles {
            let plan = Plan(profiles: [profile], step: 1, seed: profile.seed)
            let new = plan.strike(Handshake(certificate: honest)).certificate
            guard new.names != honest.names || new.commonName != honest.commonName else {
                continue
            }
            rows.append(
                try Self.row(profile.name, new, host: profile.device.host ?? hosts[0]))
        }
        return rows
    }

    private static func row(
        _ profile: String, _ certificate: Certificate, host: String
    ) throws(ServerError) -> Row {
        let called = try Host(host)
        var isTaken: [String: Bool] = [:]
        for rule in NameRule.allCases {
            isTaken[rule.rawValue] = try rule.isSatisfied(by: certificate, for: called)
        }
        return Row(
            profile: profile, host: host, commonName: certificate.commonName,
            names: certificate.names.map(\.description), isTaken: isTaken)
    }
}
