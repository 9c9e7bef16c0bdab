import FirmwareImage
import Foundation
import ImageSigning
import Testing

/// Espressif's own tool for signatures.
struct Espsecure {
    let folder: URL

    /// Runs espsecure.
    @discardableResult
    func run(_ words: [String]) throws -> (status: Int32, output: String) {
        let program = Outside.package.appending(path: ".build-tools/esptool/bin/espsecure.py").path
        return try Outside.run([program] + words)
    }

    func path(_ name: String) -> String { self.folder.appending(path: name).path }

    func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: self.folder.appending(path: name))
    }

    func read(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: self.folder.appending(path: name)))
    }

    /// Signs a file, or adds a signature to it.
    func sign(_ file: [UInt8], key: SigningKey, adds: Bool = false) throws -> [UInt8] {
        try self.write(file, "unsigned")
        try self.write(key.pem(), "signer.pem")
        var words = ["sign_data", "--version", "2", "--keyfile", self.path("signer.pem")]
        if adds { words.append("--append_signatures") }
        words += ["--output", self.path("signed"), self.path("unsigned")]
        let done = try self.run(words)
        try #require(done.status == 0, "\(done.output)")
        return try self.read("signed")
    }

    /// Whether a signature of a file holds with a key.
    func accepts(_ file: [UInt8], key: SigningKey) throws -> Bool {
        try self.write(file, "file")
        try self.write(key.pem(), "key.pem")
        let done = try self.run([
            "verify_signature", "--version", "2", "--keyfile", self.path("key.pem"),
            self.path("file"),
        ])
        // Anything but these two ends would be a mistake of the test.
        let isRefused = done.output.contains("error")
        try #require((done.status == 0) != isRefused, "\(done.output)")
        return done.status == 0
    }

    static func with<Result>(_ body: (Espsecure) throws -> Result) throws -> Result {
        try Outside.withFolder { try body(Espsecure(folder: $0)) }
    }
}

/// Keys that the tests share, since RSA keys take long to make.
enum Keys {
    private static let made = Result {
        try SignatureScheme.allCases.map { scheme in
            (scheme, try [SigningKey.generate(scheme), SigningKey.generate(scheme)])
        }
    }

    /// One of two keys of a scheme.
    static func key(_ scheme: SignatureScheme, _ number: Int = 0) throws -> SigningKey {
        try #require(self.made.get().first { $0.0 == scheme }).1[number]
    }
}

/// A file's signing, as a user of the library writes it.
func signed(_ file: [UInt8], _ key: SigningKey, adds: Bool = false) throws -> [UInt8] {
    let layout = SignatureLayout(of: file)
    return try file.prefix(layout.contentSize)
        + layout.tail(signing: layout.digest(of: file), with: key, keepsOthers: adds)
}

func checks(_ file: [UInt8], _ verifier: some SignatureVerifier) throws -> [SignatureCheck] {
    let layout = SignatureLayout(of: file)
    return try #require(layout.sector).checks(digest: layout.digest(of: file), with: verifier)
}
