import Foundation
import Testing

/// What the tests need of the world outside: programs, a place for files, and where the package is.
enum Outside {
    static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// On a build server a missing program is a failure; elsewhere the test is skipped.
    static let isBuildServer = ProcessInfo.processInfo.environment["CI"] == "true"

    static let esptool = package.appending(path: ".build-tools/esptool/bin/esptool.py").path

    static var hasEsptool: Bool { FileManager.default.isExecutableFile(atPath: esptool) }

    static func has(_ program: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }

    /// Runs a program, and stops it after a time.
    /// - Returns: its exit status, 124 if it was stopped, and what it wrote, errors too.
    static func run(_ words: [String], seconds: Int = 60) throws -> (status: Int32, output: String)
    {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["timeout", "\(seconds)"] + words
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// Hands over a new folder, and removes it afterwards.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = try FileManager.default.url(
            for: .itemReplacementDirectory, in: .userDomainMask,
            appropriateFor: FileManager.default.temporaryDirectory, create: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// Demands that esptool finds a valid checksum and digest in a file.
    /// - Returns: what it says of the image.
    @discardableResult
    static func expectValid(
        _ file: URL, chip: String, _ location: SourceLocation = #_sourceLocation
    ) throws -> String {
        let (status, output) = try run(
            [esptool, "--chip", chip, "image_info", "--version", "2", file.path])
        try #require(status == 0, "\(output)", sourceLocation: location)
        for valid in [
            #/Checksum: 0x[0-9a-f]+ \(valid\)/#, #/Validation hash: [0-9a-f]{64} \(valid\)/#,
        ] {
            #expect(output.firstMatch(of: valid) != nil, "\(output)", sourceLocation: location)
        }
        return output
    }
}

extension Trait where Self == ConditionTrait {
    /// For a test that asks esptool.
    static var needsEsptool: Self {
        .enabled(
            if: Outside.hasEsptool || Outside.isBuildServer,
            "esptool is missing; run scripts/install-python-tools esptool")
    }

    /// For a test that builds a real image with this program.
    static func needs(_ program: String) -> Self {
        .enabled(
            if: Outside.has(program) || Outside.isBuildServer,
            "\(program) is missing; scripts/make-real-image installs it")
    }
}

extension [UInt8] {
    var hex: String { self.map { String(format: "%02x", $0) }.joined() }
}
