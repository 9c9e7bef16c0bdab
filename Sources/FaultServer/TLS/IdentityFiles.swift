import FaultKit
import NIOCore

/// A certificate and key that the user gives.
struct IdentityFiles {
    let identity: Identity
    /// What is odd about them but no reason not to serve, a sentence each.
    let notes: [String]
    private let path: String

    /// - Parameters:
    ///   - certificate: path of a PEM file: the leaf, then what is sent after it.
    ///   - key: path of a PEM file with the leaf's key; may be the same file.
    ///   - hosts: what devices will ask for; a note says which of them the certificate does not
    ///     name.
    ///   - now: in seconds since 1970.
    init(certificate: String, key: String, hosts: [Host], now: Int) throws(ServerError) {
        let certificates = try X509Certificate.all(
            inPEM: Self.read(certificate, what: "certificate"), path: certificate)
        let privateKey = try PrivateKey.read(pem: Self.read(key, what: "key"), path: key)
        guard certificates[0].matches(privateKey) else {
            let isInChain = certificates.dropFirst().contains { $0.matches(privateKey) }
            throw ServerError(
                .data,
                isInChain
                    ? "the key in \(key) belongs to a later certificate in \(certificate); "
                        + "put the server's own certificate first"
                    : "the key in \(key) does not belong to the certificate in \(certificate)")
        }
        self.path = certificate
        self.identity = Identity(
            leaf: certificates[0], chain: Array(certificates.dropFirst()), key: privateKey)
        self.notes =
            Self.datesNote(on: certificates[0], path: certificate, now: now)
            + hosts.filter { !certificates[0].covers($0) }.map {
                "\(certificate) does not name \($0): devices that ask for it will refuse"
            }
    }

    private static func read(_ path: String, what: String) throws(ServerError) -> [UInt8] {
        guard let (bytes, _) = try WholeFile(path: path).read() else {
            throw ServerError(.noInput, "the \(what) file \(path) does not exist")
        }
        return bytes
    }

    private static func datesNote(
        on certificate: X509Certificate, path: String, now: Int
    ) -> [String] {
        if certificate.notAfter.since(now) < .zero {
            return [
                "\(path) expired on \(certificate.notAfter): devices that check dates refuse it"
            ]
        }
        if certificate.notBefore.since(now) > .zero {
            return [
                "\(path) is not valid before \(certificate.notBefore): "
                    + "devices that check dates refuse it"
            ]
        }
        return []
    }

    /// The recipe that would give this certificate.
    func recipe(at now: Int) -> Certificate {
        let leaf = self.identity.leaf
        return Certificate(
            commonName: leaf.subject.commonName, names: leaf.names,
            notBefore: leaf.notBefore.since(now), notAfter: leaf.notAfter.since(now))
    }

    /// The certificate to flash: the root if the file holds one, else the last of the chain.
    var trustAnchor: X509Certificate {
        let all = [self.identity.leaf] + self.identity.chain
        return all.first(where: \.isSelfSigned) ?? all[all.count - 1]
    }

    /// Who signs edited certificates so that a device that trusts this one trusts them: itself, if
    /// it is a CA, as the pair of ESP-IDF's examples is.
    var issuer: Issuer? {
        self.mintingObstacle == nil
            ? Issuer(certificate: self.identity.leaf, key: self.identity.key) : nil
    }

    /// Why certificates other than the given one cannot be presented; nil if they can.
    var mintingObstacle: String? {
        self.identity.leaf.signingObstacle.map {
            "\(self.path) cannot sign another certificate: \($0); leave out --cert and --key to "
                + "use the local CA"
        }
    }

    /// What is sent after a certificate that ``issuer`` signed. A root is not: the device has it.
    var mintedChain: [X509Certificate] {
        let leaf = self.identity.leaf
        return leaf.isSelfSigned ? [] : [leaf] + self.identity.chain
    }
}
