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

              faultserve image make --chip esp32c6 --version 2.0.1 -o app.bin
              faultserve image make --set header.min_chip_rev_full=301 --set directive.behaviour=crash \
            -o app.bin

            'faultserve image inspect' shows the fields that --set takes.
            """)

    // Not with a default value, which help would tell by its id.
    @Option(help: "The chip that it is for; default \(AppImageRecipe.demo.chip.name).")
    var chip: Chip?

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

    @Option(help: "How many segments; default what the size needs.")
    var segments: Int?

    @Option(help: .init("A field and its value (repeatable).", valueName: "name=value"))
    var set: [FieldSetting] = []

    @OptionGroup var output: OutputFile

    func run() throws {
        var recipe = AppImageRecipe(
            chip: self.chip ?? AppImageRecipe.demo.chip, project: self.project,
            version: self.version,
            secureVersion: self.secureVersion, size: self.size.bytes, seed: self.seed)
        recipe.segments = self.segments
        var bytes: [UInt8]
        do {
            bytes = try recipe.bytes()
            let map = try AppImageMap(of: bytes)
            let fields = try map.fields(of: bytes)
            for setting in self.set { try setting.apply(to: &bytes, fields) }
            if !self.set.isEmpty { try map.reseal(&bytes, .full) }
        } catch let error as ServerError {
            throw error
        } catch {
            throw ServerError(.usage, "\(error)")
        }
        try self.output.write(bytes)
        // A field that was set may have made it invalid, which is fine if it was meant.
        let inspection = try AppImageInspection(of: bytes)
        let verdict =
            inspection.firstFlaw.map { "not valid: \($0)" } ?? inspection.summary?.description ?? ""
        Terminal.write("\(self.output.path): \(verdict)")
    }
}
