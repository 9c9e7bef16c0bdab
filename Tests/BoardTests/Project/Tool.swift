import Foundation
import Testing

/// A program from outside that looks at the project.
enum Tool {
    static let firmware = Make.package.appending(path: "firmware")
    static let fixtures = Make.package.appending(path: "Tests/BoardTests/Fixtures")

    /// Runs it for a minute at most.
    /// - Returns: what it wrote on both streams; the test fails if its status is not 0.
    static func run(
        _ words: [String], environment: [String: String] = [:],
        _ location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let (status, output) = try self.attempt(words, environment: environment)
        try #require(
            status == 0, "\(words.prefix(3)): \(output.suffix(3000))", sourceLocation: location)
        return output
    }

    static func attempt(
        _ words: [String], environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            environment.map { "\($0)=\($1)" } + ["timeout", "-k", "1", "60"] + words
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// A folder for as long as something runs.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = try Make().folder
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// The C files of the app and of its components, by folder.
    static func sources(_ ending: String = ".c") throws -> [String: [String]] {
        let components = try FileManager.default.contentsOfDirectory(
            atPath: self.firmware.path + "/components"
        ).map { "components/\($0)" }
        var sources: [String: [String]] = [:]
        for folder in ["main"] + components {
            sources[folder] = try FileManager.default.contentsOfDirectory(
                atPath: "\(self.firmware.path)/\(folder)"
            ).filter { $0.hasSuffix(ending) }.sorted()
        }
        return sources
    }
}
