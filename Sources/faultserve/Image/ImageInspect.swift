import ArgumentParser
import FirmwareImage
import Foundation

/// `faultserve image inspect`.
struct ImageInspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what an image is, and the first thing that is wrong.",
        discussion: """
            The checks come in the order in which ESP-IDF's bootloader makes them, so the first that \
            fails is what a device complains of. Whether a signature's key is trusted is asked with \
            'faultserve image verify'.

            Exit status: 0 valid, 1 not valid, 66 file missing.
            """)

    @Argument(help: "The file to look at.")
    var file: String

    @Flag(help: "Write JSON.")
    var json = false

    func run() throws {
        let bytes = try InputFile(self.file).bytes
        let inspection = try AppImageInspection(of: bytes)
        let fields = try inspection.map.map { map in
            try map.fields(of: bytes).map { ($0.name, try $0.text(in: bytes)) }
        }
        let report = ImageReport(inspection, file: self.file, fields: fields ?? [])
        if self.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Terminal.write(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            Terminal.write(report.text(isColoured: Terminal.isColoured(STDOUT_FILENO)))
        }
        if !report.valid { throw ExitCode(1) }
    }
}
