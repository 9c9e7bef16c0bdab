import FaultKit

/// A certificate chain and its key, ready for an `SSL_CTX`.
final class Identity: Sendable {
    let leaf: X509Certificate
    /// What is sent after the leaf, in this order.
    let chain: [X509Certificate]
    let key: PrivateKey
    /// An OCSP response in DER; empty: there is none.
    let staple: [UInt8]

    init(
        leaf: X509Certificate, chain: [X509Certificate] = [], key: PrivateKey, staple: [UInt8] = []
    ) {
        self.leaf = leaf
        self.chain = chain
        self.key = key
        self.staple = staple
    }

    /// What a device must match, a line each: names, validity, issuer, fingerprint.
    func describe() -> [String] {
        let names = self.leaf.names.map(\.description).joined(separator: ", ")
        return [
            "CN       \(self.leaf.subject.commonName)",
            "names    \(names.isEmpty ? "none but the CN" : names)",
            "valid    \(self.leaf.notBefore) to \(self.leaf.notAfter)",
            "issuer   \(self.leaf.isSelfSigned ? "itself" : self.leaf.issuer.description)",
            "SHA-256  \(self.leaf.fingerprint)",
        ]
    }
}
