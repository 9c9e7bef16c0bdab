import FirmwareImage
import Foundation
import Testing

/// esptool and we read the same of an image, field by field, whatever was edited.
struct EsptoolAgreementTests {
    @Test(.needsEsptool, .timeLimit(.minutes(6)), arguments: Chip.allCases)
    func readsWhatWeMadeAndEdited(chip: Chip) throws {
        var recipe = AppImageRecipe(
            chip: chip, project: "lamp", version: "1.2.3", secureVersion: 5, size: 69_712)
        recipe.segments = 9
        recipe.flash = FlashSettings(mode: 3, speed: chip.flash.speed, size: 4)
        recipe.chipRevisions = (101, 399)
        recipe.elfDigest = (0..<32).map { $0 &* 7 }
        var file = try recipe.bytes()
        try Self.expectAgreement(on: file, chip)

        let map = try AppImageMap(of: file)
        let edits = [
            ("header.wp_pin", "0x07"), ("header.spi_mode", "qio"), ("header.spi_size", "1"),
            ("header.min_chip_rev", "2"), ("header.min_chip_rev_full", "3"),
            ("header.max_chip_rev_full", "65535"),
            ("header.entry_addr", String(chip.memory.iram + 4)), ("app.secure_version", "31"),
            ("app.version", "2.0.1"), ("app.project_name", "torch"), ("app.time", "01:02:03"),
            ("app.date", "Feb  3 2024"), ("app.idf_ver", "v6.0"),
            ("app.app_elf_sha256", String(repeating: "a5", count: 32)),
            ("app.min_efuse_blk_rev_full", "103"), ("app.max_efuse_blk_rev_full", "299"),
            ("directive.behaviour", "crash"),
        ]
        for (name, text) in edits {
            try #require(ImageField.named(name, in: map)).set(text, in: &file)
        }
        try map.reseal(&file, .full)
        try Self.expectAgreement(on: file, chip)
    }

    private static func expectAgreement(on file: [UInt8], _ chip: Chip) throws {
        try Outside.withFolder { folder in
            let path = folder.appending(path: "app.bin")
            try Data(file).write(to: path)
            let said = try Outside.expectValid(path, chip: chip.name)
            let inspection = try AppImageInspection(of: file)
            #expect(inspection.firstFlaw == nil)
            let map = try #require(inspection.map)
            func field(_ name: String) throws -> String {
                try #require(ImageField.named(name, in: map)).text(in: file)
            }
            func number(_ name: String) throws -> Int { try #require(Int(field(name))) }
            func version(_ name: String) throws -> String {
                let revision = try number(name)
                return "\(revision / 100).\(revision % 100)"
            }
            let entry = try #require(Int(field("header.entry_addr").dropFirst(2), radix: 16))
            let pin = try field("header.wp_pin")
            let expected = [
                "File size: \(file.count) (bytes)", "Segments: \(map.segments.count)",
                "Entry point: 0x\(String(entry, radix: 16))",
                "Flash mode: \(try field("header.spi_mode").uppercased())",
                "Flash size: \(1 << (try number("header.spi_size")))MB",
                "WP pin: 0x\(String(try #require(Int(pin.dropFirst(2), radix: 16)), radix: 16))"
                    + (pin == "0xee" ? " (disabled)" : ""),
                "Minimal chip revision: v\(try version("header.min_chip_rev_full")), "
                    + "(legacy min_rev = \(try field("header.min_chip_rev")))",
                "Maximal chip revision: v\(try version("header.max_chip_rev_full"))",
                "Project name: \(try field("app.project_name"))",
                "App version: \(try field("app.version"))",
                "Compile time: \(try field("app.date")) \(try field("app.time"))",
                "ELF file SHA256: \(try field("app.app_elf_sha256"))",
                "ESP-IDF: \(try field("app.idf_ver"))",
                "Minimal eFuse block revision: \(try version("app.min_efuse_blk_rev_full"))",
                "Maximal eFuse block revision: \(try version("app.max_efuse_blk_rev_full"))",
                "Secure version: \(try field("app.secure_version"))",
            ]
            let lines = Set(said.split(separator: "\n").map(String.init))
            for line in expected { #expect(lines.contains(line), "\(line) is not in \(said)") }
            #expect(said.contains("Chip ID: \(chip.rawValue) ("))
            for (number, segment) in map.segments.enumerated() {
                // The length, the load address and the place of the segment's header's end less 8.
                let row = [
                    "\(number)", Self.hex(segment.data.count, 5),
                    Self.hex(Int(segment.loadAddress), 8),
                    Self.hex(segment.header, 8),
                ]
                #expect(
                    said.split(separator: "\n").contains {
                        $0.split(separator: " ").prefix(4).map(String.init) == row
                    }, "\(row) is not in \(said)")
            }
        }
    }

    private static func hex(_ value: Int, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
