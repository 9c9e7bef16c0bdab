import FaultKit

/// What a device writes as host in its URL: a name or an address.
enum Host: Hashable, CustomStringConvertible {
    case name(String)
    case address(HostAddress)

    /// Reads a host name (RFC 1123 §2.1; underscores, which some name services allow, and a leading
    /// `*.` too), an IPv4 address, or an IPv6 address with or without brackets.
    /// - Throws: ``ServerError`` that says how to write it.
    init(_ text: String) throws(ServerError) {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        if let address = HostAddress(isBracketed ? text.dropFirst().dropLast() : text[...]),
            !(isBracketed && address.isIPv4)
        {
            self = .address(address)
        } else if let mistake = Self.mistake(in: text) {
            throw ServerError(.usage, "'\(text)' is no host for a certificate: \(mistake)")
        } else {
            self = .name(text)
        }
    }

    /// What a certificate says for this host. An address is there twice, since clients differ:
    /// those with Mbed TLS before 3.5 look for its text among the dNSNames, others among the
    /// iPAddresses.
    var names: [SubjectAltName] {
        switch self {
        case .name(let name): [.dns(name)]
        case .address(let address): [.ip(address.description), .dns(address.description)]
        }
    }

    /// Whether it is one of these, or a name below one (RFC 5280 §4.2.1.10).
    func isBelow(_ permitted: [SubjectAltName]) -> Bool {
        permitted.contains { constraint in
            switch (self, constraint) {
            case (.address(let address), .ip(let text)): HostAddress(text) == address
            case (.name(let name), .dns(let base)):
                ".\(name)".lowercased().hasSuffix(".\(base)".lowercased())
            default: false
            }
        }
    }

    var description: String {
        switch self {
        case .name(let name): name
        case .address(let address): address.description
        }
    }

    private static func mistake(in text: String) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.contains("/") {
            return "write the host alone, such as 192.168.2.106 or update.local, not a URL"
        }
        if text.contains("%") { return "a certificate has no place for a zone; leave out the '%…'" }
        if text.filter({ $0 == ":" }).count == 1 { return "leave out the port" }
        if text.contains(":") || text.contains("[") || text.contains("]") {
            return "it is not an IPv6 address either"
        }
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            return "write it in ASCII, as DNS does ('xn--…')"
        }
        guard text.utf8.count <= 253 else { return "it is longer than 253 characters" }
        var labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if let last = labels.last, !last.isEmpty, last.allSatisfy(\.isNumber) {
            return "an IPv4 address is four numbers from 0 to 255, with dots between them"
        }
        if labels.first == "*", labels.count > 1 { labels.removeFirst() }
        return labels.lazy.compactMap(Self.mistake(inLabel:)).first
    }

    private static func mistake(inLabel label: Substring) -> String? {
        if label.isEmpty { return "a part between dots is empty" }
        if label.utf8.count > 63 { return "a part between dots is longer than 63 characters" }
        if let wrong = label.first(where: { !$0.isLetter && !$0.isNumber && !"-_".contains($0) }) {
            return "'\(wrong)' cannot be part of one"
        }
        return label.hasPrefix("-") || label.hasSuffix("-")
            ? "a part between dots begins or ends with '-'" : nil
    }
}

extension Certificate {
    /// The recipe of an honest server's certificate for these hosts: the first as CN, all of them
    /// as names, in their order and each once.
    ///
    /// A CN holds at most 64 characters (RFC 5280, appendix A.1): a longer host is not the CN but
    /// the next one is, and there is none if all are longer.
    /// - Throws: ``ServerError`` if there is no host, or one that is neither name nor address.
    static func honest(for hosts: [String]) throws(ServerError) -> Certificate {
        guard !hosts.isEmpty else {
            throw ServerError(.usage, "a certificate needs a host: a name or an IP address")
        }
        var names: [SubjectAltName] = []
        var commonName: String?
        for text in hosts {
            let host = try Host(text)
            // Names mean the same in any letter case; the first spelling stays.
            for name in host.names where !names.contains(where: { $0.isSame(as: name) }) {
                names.append(name)
            }
            if commonName == nil && host.description.utf8.count <= 64 {
                commonName = host.description
            }
        }
        return Certificate(commonName: commonName ?? "", names: names)
    }
}

extension SubjectAltName {
    fileprivate func isSame(as other: SubjectAltName) -> Bool {
        self.description.lowercased() == other.description.lowercased()
    }
}
