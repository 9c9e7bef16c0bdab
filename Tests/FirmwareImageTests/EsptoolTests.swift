import FirmwareImage
import Foundation
import Testing

/// What esptool, Espressif's own tool, says of our images.
struct EsptoolTests {
    @Test(.needsEsptool, .timeLimit(.minutes(6)), arguments: Chip.allCases)
    func findsOurImagesValid(chip: Chip) throws {
        for size in [416, 69_712, 602_224] {
            try Self.expectValid(
                AppImageRecipe(
                    chip: chip, project: "lamp", version: "1.2.3", secureVersion: 5, size: size))
        }
    }

    @Test(.needsEsptool, .timeLimit(.minutes(6)))
    func findsTheLargestImageValid() throws {
        try Self.expectValid(
            AppImageRecipe(
                chip: .esp32c2, project: "lamp", version: "1.2.3", secureVersion: 5, size: 16 << 20)
        )
    }

    @Test(.needsEsptool, .timeLimit(.minutes(5)))
    func findsADamagedImageInvalid() throws {
        var file = AppImage.demo().bytes
        file[400_000] ^= 1
        try Outside.withFolder { folder in
            let path = folder.appending(path: "damaged.bin")
            try Data(file).write(to: path)
            let (_, output) = try Outside.run([
                Outside.esptool, "--chip", "esp32", "image_info", "--version", "2", path.path,
            ])
            #expect(output.contains("(invalid - calculated"), "\(output)")
            #expect(output.contains("(invalid)"), "\(output)")
        }
    }

    private static func expectValid(_ recipe: AppImageRecipe) throws {
        try Outside.withFolder { folder in
            let file = folder.appending(path: "app.bin")
            try Data(recipe.bytes()).write(to: file)
            let output = try Outside.expectValid(file, chip: recipe.chip.name)
            #expect(!output.contains("WARNING"), "\(output)")
            let lines = Set(output.split(separator: "\n").map(String.init))
            #expect(
                lines.isSuperset(of: [
                    "File size: \(recipe.size) (bytes)", "Project name: lamp", "App version: 1.2.3",
                    "Compile time: Jan  1 2025 12:00:00", "ESP-IDF: v5.3.2", "Secure version: 5",
                    "Flash size: 4MB", "Flash mode: DIO",
                    "Entry point: 0x\(String(recipe.chip.memory.iram, radix: 16))",
                ]), "\(output)")
            #expect(output.contains(#/Chip ID: \d+ \(ESP32/#), "\(output)")
            #expect(output.contains(#/  DROM/#) && output.contains("IRAM"), "\(output)")
            #expect(output.contains("IROM") || recipe.size < 69_712, "\(output)")
        }
    }
}
