import Foundation
import Testing

/// The Makefile that builds a user's app with the board.
struct Make {
    static let package = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../..").standardized

    static let firmware = Make.package.appending(path: "firmware").path

    let folder: URL

    struct Ended {
        let status: Int32
        let output: String

        /// The files that were compiled.
        var compiled: [String] {
            self.output.split(separator: "\n").filter { $0.contains("  CC ") }.map {
                String($0.split(separator: "/").last ?? "")
            }
        }
    }

    init() throws {
        // make knows no paths with spaces in them.
        self.folder = FileManager.default.temporaryDirectory.appending(
            path: "board-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: self.folder) }

    /// Writes a file into the folder.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = self.folder.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    /// The program that is built.
    var program: String { self.folder.appending(path: "program").path }

    /// Runs make in firmware/board, for four minutes at most.
    func run(_ words: String...) throws -> Ended { try self.run(words) }

    func run(_ words: [String]) throws -> Ended {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.currentDirectoryURL = self.folder
        process.arguments =
            [
                "PWD=\(self.folder.path)", "timeout", "-k", "1", "240", "make", "-j2", "-C",
                Make.package.appending(path: "firmware/board").path,
            ] + words
        let output = self.folder.appending(path: "output")
        try Data().write(to: output)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        try process.run()
        process.waitUntilExit()
        return Ended(
            status: process.terminationStatus,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self))
    }
}
