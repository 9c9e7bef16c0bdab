import Foundation
import Testing

@testable import FaultServer

/// A folder of a test's own, gone with it, and the `openssl` program working in it.
final class CertificateFolder {
    let path: String

    init() throws {
        let base = FileManager.default.temporaryDirectory.path
        self.path = "\(base)/faultserve-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: self.path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: self.path) }

    subscript(name: String) -> String { "\(self.path)/\(name)" }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: self[name]))
        return self[name]
    }

    func bytes(of name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: self[name])))
    }

    /// Permission bits.
    func mode(of name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: self[name])
        return try #require(attributes[.posixPermissions] as? Int)
    }

    func setMode(of name: String, to mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: self[name])
    }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: self.path).sorted() }
    }

    /// What a run of `openssl` in this folder said, on both outputs, and its exit status.
    struct Run {
        let status: Int32
        let text: String
        /// The numbers of the errors that `openssl verify` reports.
        var verifyErrors: [String] {
            self.text.matches(of: /(?m)^error (\d+) at/).map { String($0.1) }
        }
    }

    /// Runs `openssl`, for 30 s at most.
    func openssl(_ arguments: String...) throws -> Run { try self.openssl(arguments) }

    func openssl(_ arguments: [String]) throws -> Run {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["timeout", "30", "openssl"] + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: self.path)
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus, text: String(decoding: output, as: UTF8.self))
    }

    /// Runs `openssl` to prepare something, which must succeed; arguments hold no spaces.
    func make(_ arguments: String) throws {
        let run = try self.openssl(arguments.split(separator: " ").map { String($0) })
        try #require(run.status == 0, "openssl \(arguments): \(run.text)")
    }

    /// Writes an identity's leaf and chain to one file, `leaf.pem`, and its key to `leaf_key.pem`.
    func write(_ identity: Identity) throws {
        try self.write(identity.leaf.pem(), to: "leaf.pem")
        try self.write(identity.chain.flatMap { try $0.pem() }, to: "chain.pem")
        try self.write(identity.key.pem(), to: "leaf_key.pem")
    }
}

/// What a piece of code throws as ``ServerError``.
func serverError(_ body: () throws -> Void) throws -> ServerError {
    try #require(throws: ServerError.self, performing: body)
}
