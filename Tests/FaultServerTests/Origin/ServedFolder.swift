import Foundation
import Testing

/// A folder with a root to serve and, beside it, what must not be served. Gone with the last use.
final class ServedFolder: Sendable {
    /// Holds ``root`` and what lies outside of it.
    let base: String
    var root: String { self.base + "/root" }

    init() throws {
        var template = Array("/tmp/faultserve-origin-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        self.base = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
        try self.makeFolder("root")
        try self.write("secret.txt", Array("outside".utf8))
    }

    deinit { try? FileManager.default.removeItem(atPath: self.base) }

    /// Paths are relative to ``base``.
    func makeFolder(_ path: String) throws {
        try #require(mkdir(self.base + "/" + path, 0o755) == 0)
    }

    func write(_ path: String, _ bytes: [UInt8]) throws {
        let descriptor = open(self.base + "/" + path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }

    func write(_ path: String, _ text: String) throws { try self.write(path, Array(text.utf8)) }

    func link(_ path: String, to target: String) throws {
        try #require(symlink(target, self.base + "/" + path) == 0)
    }

    /// Sets the time of the last change, in seconds since 1970.
    func date(_ path: String, _ seconds: Int) throws {
        let time = timespec(tv_sec: seconds, tv_nsec: 0)
        try #require(utimensat(AT_FDCWD, self.base + "/" + path, [time, time], 0) == 0)
    }

    func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: self.base + "/" + path)
    }

    /// What this process has open in the folder, once for each descriptor.
    var openFiles: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
            }.filter { $0.hasPrefix(self.base) }
        }
    }
}

/// A program of Python's, to judge our answers from outside.
enum Python {
    /// Runs a script over an input.
    /// - Returns: what it printed, if it ended with status 0.
    static func run(_ script: String, _ input: [UInt8]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["timeout", "20", "python3", "-c", script]
        let (into, out) = (Pipe(), Pipe())
        process.standardInput = into
        process.standardOutput = out
        try process.run()
        try into.fileHandleForWriting.write(contentsOf: Data(input))
        try into.fileHandleForWriting.close()
        let output = try out.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: output, as: UTF8.self)
    }
}
