import FaultKit
import Glibc
import NIOCore

/// The single pair that ESP-IDF's OTA examples tell their reader to make with
/// `openssl req -x509 -newkey rsa:2048 -keyout ca_key.pem -out ca_cert.pem -days 365 -nodes`: one
/// certificate that the server presents and the device is flashed with.
package enum SelfSignedPair {
    static let certificateName = "ca_cert.pem"
    static let keyName = "ca_key.pem"

    /// Makes the pair in a folder.
    /// - Parameters:
    ///   - host: name or address of the server, which becomes CN and names.
    ///   - force: whether files that are there are replaced.
    /// - Throws: ``ServerError`` for a wrong host, a file that is there, or a folder that cannot be
    ///   used.
    package static func write(
        to directory: String, host: String, force: Bool
    ) throws(ServerError) -> WrittenIdentity {
        var recipe = try Certificate.honest(for: [host])
        guard !recipe.commonName.isEmpty else {
            throw ServerError(.usage, "'\(host)' is longer than the 64 characters of a CN")
        }
        recipe.notAfter = .hours(365 * 24)
        let key = try PrivateKey.rsa2048()
        let certificate = try CertificateDraft.selfSigned(recipe, key: key)
            .signed(at: WallClock.now())
        let paths = try PEMFile.write(
            [
                PEMFile(name: Self.keyName, bytes: try key.pem(), mode: 0o600),
                PEMFile(name: Self.certificateName, bytes: try certificate.pem(), mode: 0o644),
            ], to: directory, force: force)
        return WrittenIdentity(
            paths: paths, facts: Identity(leaf: certificate, key: key).describe())
    }
}

/// An identity in files, for people and for other programs.
package struct WrittenIdentity: Sendable {
    /// What was written.
    package let paths: [String]
    /// What a device must match, a line each: names, validity, issuer, fingerprint.
    package let facts: [String]
}

/// A file of an identity.
struct PEMFile {
    let name: String
    let bytes: [UInt8]
    let mode: mode_t

    /// Writes all of them or, if one is there with other contents and must not be replaced, none.
    /// - Returns: their paths.
    static func write(
        _ files: [PEMFile], to directory: String, force: Bool
    ) throws(ServerError) -> [String] {
        try WholeFile.makeFolder(directory)
        var paths: [String] = []
        var pending: [(file: WholeFile, content: PEMFile)] = []
        for content in files {
            let file = WholeFile(path: "\(directory)/\(content.name)")
            paths.append(file.path)
            let found = try file.read()
            guard found?.bytes != content.bytes else { continue }
            guard found == nil || force else { throw Self.isThere(file) }
            pending.append((file, content))
        }
        for (file, content) in pending {
            if force {
                try file.replace(content.bytes, mode: content.mode)
            } else if try !file.create(content.bytes, mode: content.mode) {
                throw Self.isThere(file)
            }
        }
        return paths
    }

    private static func isThere(_ file: WholeFile) -> ServerError {
        ServerError(.usage, "\(file.path) is there already; remove it, or replace it with --force")
    }
}
