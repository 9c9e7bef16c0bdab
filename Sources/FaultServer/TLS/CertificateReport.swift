import COpenSSL
import FaultKit

/// Certificates as clients read them: for each what they look at, a line each.
public enum CertificateReport {
    /// The certificates of a PEM file, in its order.
    /// - Throws: ``ServerError`` if the file cannot be read or holds none.
    public static func file(_ path: String) throws(ServerError) -> [[String]] {
        guard let text = try WholeFile(path: path).read()?.bytes else {
            throw ServerError(.noInput, "\(path) is not there")
        }
        return try X509Certificate.all(inPEM: text, path: path).map(\.facts)
    }

    /// What a server presents to a client whom every rule of the plan strikes: the leaf, then its chain.
    /// - Parameter hosts: names and addresses for the honest certificate; none: those of this machine.
    /// - Throws: ``ServerError`` for a wrong host, and if the plan asks for what cannot be minted.
    public static func presented(
        under plan: Plan, source: IdentitySource, hosts: [String]
    ) throws(ServerError) -> [[String]] {
        let forge = try Forge(source: source, hosts: hosts)
        let handshake = plan.strike(Handshake(certificate: forge.honest))
        let identity = try forge.presented(
            forge.identity(for: handshake.certificate), by: handshake)
        return ([identity.leaf] + identity.chain).map(\.facts)
    }
}

extension Plan {
    /// A handshake that these rules have edited, or all.
    func strike(_ handshake: Handshake, by rules: [Rule]? = nil) -> Handshake {
        var handshake = handshake
        for rule in rules ?? self.rules {
            guard case .handshake(let fault) = rule.hook else { continue }
            var dice = Dice(seed: self.seed, for: UInt64(rule.id))
            fault.edit(&handshake, using: &dice)
        }
        return handshake
    }
}

extension X509Certificate {
    /// What clients look at, a line each.
    fileprivate var facts: [String] {
        let subject = self.subject.description.printable
        let names = self.names.map(\.description.printable)
        return [
            "subject  \(subject.isEmpty ? "none" : subject)",
            "names    \(names.isEmpty ? "none but the CN" : names.inShort(20))",
            "valid    \(self.notBefore) to \(self.notAfter)",
            "issuer   \(self.isSelfSigned ? "itself" : self.issuer.description.printable)",
            "key      \(self.keyKind)",
            "signed   \(self.signatureKind)",
            "use      \(self.use)",
            "SHA-256  \(self.fingerprint)",
        ]
    }

    private var use: String {
        if let obstacle = self.signingObstacle { return "signs no others: \(obstacle)" }
        let hosts = self.permitted.isEmpty ? "any name" : Hosts.described(self.permitted) + " alone"
        return "a CA, for \(hosts)"
    }

    /// As in `EC, 256 bits`.
    private var keyKind: String {
        let key = X509_get0_pubkey(self.pointer)
        let name = EVP_PKEY_get0_type_name(key).map { String(cString: $0) } ?? "unknown"
        return "\(name), \(EVP_PKEY_get_bits(key)) bits"
    }

    /// As in `ecdsa-with-SHA256`.
    private var signatureKind: String {
        OBJ_nid2ln(X509_get_signature_nid(self.pointer)).map { String(cString: $0) } ?? "unknown"
    }
}

extension [String] {
    /// The first ones, and how many more there are.
    func inShort(_ count: Int) -> String {
        let shown = self.prefix(count).joined(separator: ", ")
        return self.count > count ? "\(shown) and \(self.count - count) more" : shown
    }
}
