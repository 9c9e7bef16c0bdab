import FirmwareImage
import Foundation
import Testing

/// The virtual board with its flash: the on-device app, run with no hardware.
final class VirtualBoard: Sendable {
    /// What one run of it came to.
    struct Run {
        let status: Int32
        let console: String
        /// The members of each line `OTA-REPORT {...}`.
        let reports: [[String: Any]]

        func report(_ event: String) -> [String: Any]? {
            self.reports.last { $0["event"] as? String == event }
        }

        /// Where the last app that booted ran, and which it was.
        var running: String {
            let boot = self.report("boot")
            return "\(boot?["slot"] ?? "?") \(boot?["version"] ?? "?")"
        }

        /// How many erase and program operations `--trace` has shown there.
        func operations(in flash: Range<Int>) -> Int {
            self.console.split(separator: "\n").count { line in
                guard line.hasPrefix("E 0x") || line.hasPrefix("W 0x") else { return false }
                let address = line.dropFirst(4).prefix { $0.isHexDigit }
                return flash.contains(Int(address, radix: 16) ?? -1)
            }
        }

        var outcome: String { self.report("update")?["outcome"] as? String ?? "none" }
        var stage: String { self.report("update")?["stage"] as? String ?? "none" }
        var error: String { self.report("update")?["error"] as? String ?? "none" }
    }

    private let folder: Folder
    static let program = (binary as NSString).deletingLastPathComponent + "/virtual-board"

    /// - Parameter version: of the factory app, which is of the demo image's project.
    convenience init(version: String = "1.0.0") throws {
        let recipe = AppImageRecipe(
            project: AppImageRecipe.demo.project, version: version, size: 69_712)
        try self.init(factory: Data(recipe.bytes()))
    }

    init(factory: Data) throws {
        self.folder = try Folder()
        try self.folder.write(factory, to: "factory.bin")
    }

    /// Another one with the same in its flash.
    init(like other: VirtualBoard) throws {
        self.folder = try Folder()
        for file in ["factory.bin", "flash"] {
            try self.folder.write(try other.folder.bytes(file), to: file)
        }
    }

    /// What is in the flash.
    var flash: Data {
        get throws { try self.folder.bytes("flash") }
    }

    /// Erases a part of the flash by hand.
    func erase(_ part: Range<Int>) throws {
        var flash = try self.flash
        flash.replaceSubrange(part, with: Data(repeating: 0xFF, count: part.count))
        try self.folder.write(flash, to: "flash")
    }

    var flashFile: String { self.folder.file("flash") }
    var factory: String { self.folder.file("factory.bin") }
    /// A place for what the board's program reports.
    var report: String { self.folder.file("report") }

    /// Makes an image of the demo project.
    /// - Returns: its path.
    func image(_ version: String, size: Int) throws -> String {
        let recipe = AppImageRecipe(
            project: AppImageRecipe.demo.project, version: version, size: size)
        try self.folder.write(Data(recipe.bytes()), to: version)
        return self.folder.file(version)
    }

    /// Boots with no update asked for.
    func boot(_ more: [String] = []) throws -> Run {
        try self.run(["--max-boots", "4"] + more, within: 60)
    }

    /// Updates from any server; what still runs after some seconds is stopped, with status 124.
    func run(
        _ method: String, url: String, ca: String, stoppedAfter seconds: Int, _ more: [String] = []
    ) throws -> Run {
        try self.run(
            [
                "--ca", ca, "--url", url, "--method", method, "--max-boots", "4", "--timeout-ms",
                "400",
            ] + more, within: Double(seconds) + 30, stoppedAfter: seconds)
    }

    /// Boots until the app waits for more input, or until the board gives up.
    func run(
        _ method: String, from server: Faultserve, _ more: [String] = [],
        within seconds: Double = 60
    ) throws -> Run {
        try self.run(
            [
                "--ca", server.ca, "--url", server.url + "/firmware.bin", "--method", method,
                "--max-boots", "4",
            ] + more, within: seconds)
    }

    /// Types lines on the console, in one boot after another.
    func type(_ lines: [String], ca: String, _ more: [String] = [], stoppedAfter seconds: Int = 90)
        throws -> Run
    {
        try self.run(
            ["--ca", ca, "--max-boots", "8"] + more, within: Double(seconds) + 30,
            stoppedAfter: seconds, input: lines.map { $0 + "\n" }.joined())
    }

    private func run(
        _ words: [String], within seconds: Double, stoppedAfter limit: Int? = nil,
        input: String? = nil
    ) throws -> Run {
        let files = ["--flash", self.flashFile, "--factory", self.factory]
        let command = (limit.map { ["timeout", "\($0)"] } ?? []) + [Self.program] + files + words
        let done = try EndToEndTests.run(
            command[0], Array(command.dropFirst()), input: input, within: seconds)
        let prefix = "OTA-REPORT "
        let reports = done.output.split(separator: "\n").filter { $0.hasPrefix(prefix) }.map {
            try? JSONSerialization.jsonObject(with: Data($0.dropFirst(prefix.count).utf8))
                as? [String: Any]
        }
        return Run(
            status: done.status, console: done.output + done.errors,
            reports: reports.compactMap { $0 })
    }
}
