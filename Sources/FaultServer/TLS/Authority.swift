import FaultKit
import Glibc
import NIOCore

/// The local CA: made at the first run and used ever after, so that a device is flashed once.
package struct Authority: Sendable {
    static let certificateName = "ca_cert.pem"
    static let keyName = "ca_key.pem"

    let issuer: Issuer
    /// The file to flash.
    package let certificatePath: String
    let certificatePEM: [UInt8]

    /// Where the CA is kept: `$XDG_STATE_HOME/faultserve`, else `~/.local/state/faultserve` (XDG
    /// Base Directory Specification).
    package static var defaultDirectory: String {
        func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        let home = variable("HOME") ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_dir) }
        return Self.directory(stateHome: variable("XDG_STATE_HOME"), home: home)
    }

    /// - Parameter stateHome: not used unless it is an absolute path, as the specification says.
    static func directory(stateHome: String?, home: String?) -> String {
        if let stateHome, stateHome.hasPrefix("/") { return "\(stateHome)/faultserve" }
        return "\(home ?? "")/.local/state/faultserve"
    }

    /// Opens the CA in a folder; makes folder and CA if they are missing.
    ///
    /// Servers that do so at the same time end with the same CA: whoever makes the key first has
    /// made it for all, and the same goes for the certificate of that key.
    /// - Parameter permits: the hosts that the CA is to vouch for, with the names below them, and for no others
    ///   (RFC 5280 §4.2.1.10); empty: whatever the CA permits.
    /// - Throws: ``ServerError`` if the folder cannot be used, if its key can be read by others, or
    ///   if what it holds is no CA, or permits others.
    package static func open(
        in directory: String, permits: [String] = []
    ) throws(ServerError) -> Authority {
        var permitted: [SubjectAltName] = []
        for host in permits {
            guard !host.hasPrefix("*.") else {
                throw ServerError(
                    .usage,
                    "a CA for '\(host.dropFirst(2))' is for the names below it too; leave out the '*.'"
                )
            }
            permitted += try Host(host).names
        }
        try WholeFile.makeFolder(directory)
        let certificateFile = WholeFile(path: "\(directory)/\(Self.certificateName)")
        // Read before the key: if it is there and its key is not, that is no race between servers.
        let certificate = try certificateFile.read()
        let key = try Self.key(in: directory, make: certificate == nil)
        if certificate == nil {
            // If another server was faster, its certificate is read below.
            _ = try certificateFile.create(
                Self.makeCertificate(for: key, permitting: permitted).pem(), mode: 0o644)
        }
        let authority = try Authority(key: key, certificateFile: certificateFile)
        let found = authority.issuer.certificate.permitted
        guard permitted.isEmpty || Set(permitted) == Set(found) else {
            let held = found.isEmpty ? "any name" : Hosts.described(found)
            throw ServerError(
                .usage,
                "the CA in \(directory) vouches for \(held), and not for "
                    + "\(Hosts.described(permitted)) alone; choose another folder by --ca-dir")
        }
        return authority
    }

    /// The hosts that an honest certificate of this CA is for.
    /// - Parameter asked: empty: what the CA permits, or this machine's.
    /// - Throws: ``ServerError`` if the CA does not permit one that was asked for.
    func hosts(asked: [String]) throws(ServerError) -> [String] {
        let permitted = self.issuer.certificate.permitted
        guard !permitted.isEmpty else { return asked.isEmpty ? Hosts.local() : asked }
        guard !asked.isEmpty else { return Hosts.named(in: permitted) }
        for host in asked where !(try Host(host).isBelow(permitted)) {
            throw ServerError(
                .usage,
                "\(self.certificatePath) vouches for \(Hosts.described(permitted)) alone, and not for "
                    + "\(host); choose others by --host, or another CA by --ca-dir")
        }
        return asked
    }

    private init(key: PrivateKey, certificateFile: WholeFile) throws(ServerError) {
        let path = certificateFile.path
        guard let text = try certificateFile.read()?.bytes else {
            throw ServerError(.noInput, "\(path) vanished while it was opened")
        }
        let certificate = try X509Certificate.all(inPEM: text, path: path)[0]
        guard certificate.matches(key) else {
            throw ServerError(
                .data,
                "\(path) does not belong to the \(Self.keyName) beside it; remove both to "
                    + "get a new CA, which devices must then be flashed with")
        }
        if let obstacle = certificate.signingObstacle {
            throw ServerError(.data, "\(path) cannot sign the server's certificate: \(obstacle)")
        }
        self.issuer = Issuer(certificate: certificate, key: key)
        self.certificatePath = path
        self.certificatePEM = text
    }

    private static func key(in directory: String, make: Bool) throws(ServerError) -> PrivateKey {
        let file = WholeFile(path: "\(directory)/\(Self.keyName)")
        var found = try file.read()
        if found == nil {
            guard make else {
                throw ServerError(
                    .noInput,
                    "\(file.path) is missing beside \(Self.certificateName); put it "
                        + "back, or remove the certificate to get a new CA")
            }
            _ = try file.create(PrivateKey.p256().pem(), mode: 0o600)
            found = try file.read()
        }
        guard let found else {
            throw ServerError(.noInput, "\(file.path) vanished while it was opened")
        }
        guard found.mode & 0o077 == 0 else {
            throw ServerError(
                .data,
                "\(file.path) can be used by others than its owner, and with it anybody "
                    + "can pose as any server; run `chmod 600 \(file.path)`")
        }
        return try PrivateKey.read(pem: found.bytes, path: file.path)
    }

    /// Valid for 20 years, and since a year ago, because a device's clock may be behind.
    private static func makeCertificate(
        for key: PrivateKey, permitting permitted: [SubjectAltName]
    ) throws(ServerError) -> X509Certificate {
        // Devices tell CAs apart by name, so two must not share one.
        let mark = try key.publicDigest().prefix(4).map(\.hex).joined()
        var recipe = Certificate(
            commonName: "faultserve test CA \(mark)", names: [],
            notBefore: .hours(-365 * 24), notAfter: .hours(20 * 365 * 24))
        recipe.permitted = permitted
        return try CertificateDraft.authority(recipe, key: key).signed(at: WallClock.now())
    }

    /// Writes what another server needs to be taken for this one: `ca_cert.pem`, `server_cert.pem`
    /// and `server_key.pem`.
    /// - Parameters:
    ///   - hosts: names and addresses for the certificate, the first for its CN; none: those of the CA or of
    ///     this machine.
    ///   - isExpired: whether the CA is written as it is once its time is over.
    ///   - force: whether files that are there are replaced.
    /// - Throws: ``ServerError`` for a wrong host, a file that is there, or a folder that cannot be
    ///   used.
    package func export(
        to directory: String, hosts: [String], isExpired: Bool = false, force: Bool
    ) throws(ServerError) -> WrittenIdentity {
        let recipe = try Certificate.honest(for: self.hosts(asked: hosts))
        let key = try PrivateKey.p256()
        let leaf = try self.issuer.mint(recipe, for: key, at: WallClock.now())
        let paths = try PEMFile.write(
            [
                PEMFile(name: "server_key.pem", bytes: try key.pem(), mode: 0o600),
                PEMFile(name: "server_cert.pem", bytes: try leaf.pem(), mode: 0o644),
                PEMFile(
                    name: Self.certificateName,
                    bytes: isExpired
                        ? try self.issuer.expired(at: WallClock.now()).pem() : self.certificatePEM,
                    mode: 0o644),
            ], to: directory, force: force)
        return WrittenIdentity(paths: paths, facts: Identity(leaf: leaf, key: key).describe())
    }
}
