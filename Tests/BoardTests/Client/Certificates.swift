import Foundation
import Testing

/// A certificate and its key, in files.
struct Certificate: Sendable {
    let path: String
    let key: String

    var pem: String { (try? String(contentsOfFile: self.path, encoding: .utf8)) ?? "" }
}

/// Certificates by the openssl program, in a folder that goes away with this.
final class Certificates: Sendable {
    /// One authority and its usual certificate for 127.0.0.1 and localhost, for all tests.
    static let shared = Result { try Certificates() }

    let folder: URL
    let ca: Certificate
    let server: Certificate

    init() throws {
        let folder = URL(filePath: NSTemporaryDirectory())
            .appending(path: "board-certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("[req]\ndistinguished_name = dn\n[dn]\n".utf8)
            .write(to: folder.appending(path: "openssl.cnf"))
        self.folder = folder
        self.ca = try Self.mint(
            "root", in: folder, name: "Root", ["basicConstraints=critical,CA:TRUE"], by: nil)
        self.server = try Self.mint(
            "server", in: folder, name: "server",
            ["subjectAltName=DNS:localhost,IP:127.0.0.1"], by: self.ca)
    }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    /// Makes one that is signed by another, by the authority, or by itself.
    func mint(
        _ name: String, _ extensions: [String] = [], by issuer: Certificate? = nil,
        signsItself: Bool = false, key: [String] = ["ec", "ec_paramgen_curve:P-256"],
        digest: String = "-sha256"
    ) throws -> Certificate {
        try Self.mint(
            UUID().uuidString, in: self.folder, name: name, extensions,
            by: signsItself ? nil : issuer ?? self.ca, key: key, digest: digest)
    }

    /// One file with several certificates, for a server that sends a chain.
    func chain(_ certificates: Certificate...) throws -> Certificate {
        try self.chain(certificates)
    }

    func chain(_ certificates: [Certificate]) throws -> Certificate {
        let file = self.folder.appending(path: UUID().uuidString + ".pem")
        try Data(certificates.map(\.pem).joined().utf8).write(to: file)
        return Certificate(path: file.path, key: certificates[0].key)
    }

    /// One whose validity is given, as YYYYMMDDHHMMSSZ.
    func mint(
        _ name: String, from start: String, to end: String,
        _ extensions: [String] = ["subjectAltName=IP:127.0.0.1"]
    ) throws -> Certificate {
        let plain = try self.mint(name, extensions)
        let base = self.folder.appending(path: UUID().uuidString).path
        let configuration = """
            [ca]
            default_ca = a
            [a]
            database = \(base).index
            serial = \(base).serial
            new_certs_dir = \(self.folder.path)
            policy = p
            default_md = sha256
            x509_extensions = e
            unique_subject = no
            [p]
            commonName = supplied
            [e]
            \(extensions.joined(separator: "\n"))
            """
        for (text, end) in [(configuration, ".cnf"), ("", ".index"), ("01\n", ".serial")] {
            try Data(text.utf8).write(to: URL(filePath: base + end))
        }
        try openssl([
            "x509", "-x509toreq", "-in", plain.path, "-signkey", plain.key, "-out",
            base + ".csr",
        ])
        try openssl([
            "ca", "-batch", "-notext", "-config", base + ".cnf", "-cert", self.ca.path,
            "-keyfile", self.ca.key, "-in", base + ".csr", "-out", base + ".pem", "-startdate",
            start, "-enddate", end,
        ])
        return Certificate(path: base + ".pem", key: plain.key)
    }

    private static func mint(
        _ file: String, in folder: URL, name: String, _ extensions: [String],
        by issuer: Certificate?, key: [String] = ["ec", "ec_paramgen_curve:P-256"],
        digest: String = "-sha256"
    ) throws -> Certificate {
        let made = Certificate(
            path: folder.appending(path: file + ".pem").path,
            key: folder.appending(path: file + ".key").path)
        var words = ["req", "-config", folder.appending(path: "openssl.cnf").path, "-x509"]
        words += ["-newkey", key[0]] + key.dropFirst().flatMap { ["-pkeyopt", $0] }
        words += ["-nodes", "-days", "7300", digest, "-subj", "/CN=\(name)"]
        words += ["-keyout", made.key, "-out", made.path]
        words += extensions.flatMap { ["-addext", $0] }
        if let issuer { words += ["-CA", issuer.path, "-CAkey", issuer.key] }
        try openssl(words)
        return made
    }
}

/// Runs the openssl program, which must succeed.
func openssl(_ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["timeout", "60", "openssl"] + words
    let pipe = Pipe()
    process.standardError = pipe
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let said = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
}
