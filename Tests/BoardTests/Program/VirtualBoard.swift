import FirmwareImage
import Foundation
import Testing

/// The program with one of the tests' apps, and its files in a folder of its own.
final class VirtualBoard {
    let folder: URL
    private let program: String
    /// Words of `env` in front of the program.
    private let environment: [String]

    /// A run's end.
    struct Ended {
        let status: Int32
        let console: String
        let errors: String
    }

    init(_ app: String) throws {
        self.folder = try FileManager.default.url(
            for: .itemReplacementDirectory, in: .userDomainMask,
            appropriateFor: FileManager.default.temporaryDirectory, create: true)
        let places = (Bundle.allBundles.map(\.bundlePath) + CommandLine.arguments).map {
            ($0 as NSString).deletingLastPathComponent + "/board-\(app)"
        }
        self.program = try #require(
            places.first { FileManager.default.isExecutableFile(atPath: $0) },
            "board-\(app) is not beside the tests: swift build --build-tests makes it")
        self.environment = []
    }

    /// Any program that runs an app. A sanitizer of its own reports on the standard error.
    init(program: String) throws {
        self.folder = try Make().folder
        self.program = program
        self.environment = ["ASAN_OPTIONS=detect_leaks=0", "UBSAN_OPTIONS="]
    }

    deinit { try? FileManager.default.removeItem(at: self.folder) }

    func file(_ name: String) -> String { self.folder.appending(path: name).path }

    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: self.file(name)))
        return self.file(name)
    }

    /// Runs it on the board's flash until it ends, for so many seconds at most.
    func run(
        _ words: [String] = [], typed lines: [String] = [], within limit: Int = 30
    ) throws -> Ended {
        let files = ["--flash", self.file("flash"), "--report", self.file("report")]
        return try self.runPlain(files + words, lines, within: limit)
    }

    func runPlain(
        _ words: [String], _ lines: [String] = [], within limit: Int = 30
    ) throws -> Ended {
        let process = try self.start(words, lines, within: limit)
        process.waitUntilExit()
        return try self.ended(process)
    }

    /// Runs it until its console has said something and it still runs a while later, and then takes
    /// the power away; the status is that of the time limit.
    func run(
        _ words: [String] = [], typed lines: [String] = [], until said: String
    ) throws -> Ended {
        let files = ["--flash", self.file("flash"), "--report", self.file("report")]
        let process = try self.start(files + words, lines, within: 60)
        while process.isRunning, try !self.text("out").contains(said) { usleep(20_000) }
        usleep(300_000)
        #expect(process.isRunning)
        process.terminate()
        process.waitUntilExit()
        return try self.ended(process)
    }

    private func start(
        _ words: [String], _ lines: [String], within limit: Int
    ) throws -> Process {
        let input = try self.write(lines.flatMap { Array(($0 + "\n").utf8) }, to: "in")
        for name in ["out", "err"] { _ = try self.write([], to: name) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            self.environment + ["timeout", "-k", "1", "\(limit)", self.program] + words
        process.standardInput = FileHandle(forReadingAtPath: input)
        process.standardOutput = FileHandle(forWritingAtPath: self.file("out"))
        process.standardError = FileHandle(forWritingAtPath: self.file("err"))
        // The threads of a test have signals blocked, and a child inherits that.
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
        return process
    }

    private func ended(_ process: Process) throws -> Ended {
        Ended(
            status: process.terminationStatus, console: try self.text("out"),
            errors: try self.text("err"))
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: self.file(name))), as: UTF8.self)
    }

    /// Whether no update has changed what boots.
    var isOtadataBlank: Bool {
        get throws {
            let flash = try Data(contentsOf: URL(filePath: self.file("flash")))
            return try OTAData(Array(flash[0xD000..<0xD000 + OTAData.size])) == OTAData()
        }
    }

    /// What the report says of each boot: why the chip was reset, and what it ran.
    func report() throws -> [String] {
        try self.text("report").split(separator: "\n").compactMap { line in
            let event =
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
            switch event["event"] as? String {
            case "boot": return "boot \(event["reset"] ?? "")"
            case "app": return "app \(event["slot"] ?? "") \(event["version"] ?? "")"
            case "reset": return nil
            case let other: return other
            }
        }
    }
}
