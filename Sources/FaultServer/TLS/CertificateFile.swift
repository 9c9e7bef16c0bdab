import COpenSSL

/// The certificates of a PEM file.
public enum CertificateFile {
    /// - Returns: for each certificate, in the file's order, what clients look at, a line each.
    /// - Throws: ``ServerError`` if the file cannot be read or holds none.
    public static func describe(path: String) throws(ServerError) -> [[String]] {
        guard let text = try WholeFile(path: path).read()?.bytes else {
            throw ServerError(.noInput, "\(path) is not there")
        }
        return try X509Certificate.all(inPEM: text, path: path).map(\.facts)
    }
}

extension X509Certificate {
    /// What clients look at, a line each.
    fileprivate var facts: [String] {
        let names = self.names.map(\.description).joined(separator: ", ")
        return [
            "subject  \(self.subject.description)",
            "names    \(names.isEmpty ? "none but the CN" : names)",
            "valid    \(self.notBefore) to \(self.notAfter)",
            "issuer   \(self.isSelfSigned ? "itself" : self.issuer.description)",
            "key      \(self.keyKind)",
            "signed   \(self.signatureKind)",
            "use      \(self.signingObstacle.map { "no CA: \($0)" } ?? "a CA, which signs others")",
            "SHA-256  \(self.fingerprint)",
        ]
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
