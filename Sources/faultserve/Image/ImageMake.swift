import ArgumentParser
import FaultKit
import FaultServer
import FirmwareImage

/// `faultserve image make`.
struct ImageMake: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
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

    @OptionGroup var output: OutputFile

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
        try self.output.write(bytes)
        // The bytes are an image, since they were just made as one.
        let summary = AppImage.Summary(prefix: bytes, size: bytes.count)
        Terminal.write("\(self.output.path): \(summary.map(\.description) ?? "")")
    }
}
