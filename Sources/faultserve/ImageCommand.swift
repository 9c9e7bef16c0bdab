import ArgumentParser
import FaultKit
import FaultServer
import FirmwareImage
import Glibc

/// `faultserve image`.
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "Make ESP-IDF app images.", subcommands: [Make.self])

    struct Make: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a valid app image of any chip, project, version and size.",
            discussion: """
                The image is valid in all that ESP-IDF checks, checksum and SHA-256 included; the app in \
                it does nothing. Equal arguments give equal files.
                """)

        @Option(help: "\(Chip.allCases.map(\.name).joined(separator: ", ")).")
        var chip = Chip.esp32

        @Option(help: "The project's name, at most 31 bytes.")
        var project = AppImageRecipe.demo.project

        @Option(help: "The version, at most 31 bytes.")
        var version = AppImageRecipe.demo.version

        @Option(help: "The secure version, for anti-rollback.")
        var secureVersion: UInt32 = 0

        @Option(help: "The file's size: a multiple of 16, such as 640KiB.")
        var size = ByteCount(AppImageRecipe.demo.size)

        @Option(help: "Another seed gives other filling.")
        var seed: UInt64 = 1

        @Option(name: .shortAndLong, help: "The file to write.")
        var output: String

        @Flag(help: "Replace a file that is there.")
        var force = false

        func run() throws {
            let recipe = AppImageRecipe(
                chip: self.chip, project: self.project, version: self.version,
                secureVersion: self.secureVersion, size: self.size.bytes, seed: self.seed)
            let bytes: [UInt8]
            do {
                bytes = try recipe.bytes()
            } catch {
                throw ServerError(.usage, "\(error)")
            }
            try self.write(bytes)
            // The bytes are an image, since they were just made as one.
            let summary = AppImage.Summary(prefix: bytes, size: bytes.count)
            Terminal.write("\(self.output): \(summary.map(\.description) ?? "")")
        }

        private func write(_ bytes: [UInt8]) throws {
            let how = O_WRONLY | O_CREAT | O_CLOEXEC | (self.force ? O_TRUNC : O_EXCL)
            let file = open(self.output, how, 0o644)
            guard file >= 0 else {
                throw errno == EEXIST
                    ? ServerError(
                        .usage, "\(self.output) is there already; replace it with --force")
                    : ServerError(
                        .unavailable,
                        "cannot write \(self.output): \(String(cString: strerror(errno)))")
            }
            bytes.writeAll(to: file)
            guard close(file) == 0, (try? ImageFile(path: self.output).size) == bytes.count else {
                throw ServerError(
                    .unavailable, "cannot write all of \(self.output): is the disk full?")
            }
        }
    }
}
