import FirmwareImage
import Foundation
import Testing

/// Images that the chips' own tools build.
struct RealImageTests {
    @Test(
        .needsEsptool, .needs("xtensa-lx106-elf-ld"), .timeLimit(.minutes(6)),
        arguments: [Chip.esp32, .esp32s3])
    func isBuiltAndReadForAnXtensaChip(chip: Chip) throws {
        try Self.expectRealImage(chip)
    }

    @Test(
        .needsEsptool, .needs("riscv64-unknown-elf-gcc"), .timeLimit(.minutes(6)),
        arguments: [Chip.esp32c3, .esp32c6])
    func isBuiltAndReadForARiscVChip(chip: Chip) throws {
        try Self.expectRealImage(chip)
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [[], ["out", "--chip", "esp8266"], ["a", "b"], ["--chip"], ["out", "--fast"]])
    func saysHowItIsUsed(words: [String]) throws {
        let (status, output) = try Outside.run([Self.script] + words)
        #expect(status == 64)
        #expect(output == "usage: make-real-image OUTDIR [--chip esp32|esp32s3|esp32c3|esp32c6]\n")
    }

    private static let script = Outside.package.appending(path: "scripts/make-real-image").path

    private static func expectRealImage(_ chip: Chip) throws {
        try Outside.withFolder { folder in
            let files = try ["first", "second place"].map { name in
                let out = folder.appending(path: name)
                let (status, output) = try Outside.run(
                    [self.script, out.path, "--chip", chip.name], seconds: 170)
                try #require(status == 0, "\(output)")
                return out.appending(path: "hello_world.bin")
            }
            let bytes = try [UInt8](Data(contentsOf: files[0]))
            #expect(try bytes == [UInt8](Data(contentsOf: files[1])), "two builds differ")
            #expect(bytes.count > 100_000)
            let sectors = stride(from: 0, to: bytes.count, by: 4096).map {
                bytes[$0..<min($0 + 4096, bytes.count)]
            }
            #expect(Set(sectors).count == sectors.count, "two sectors are alike")

            let output = try Outside.expectValid(files[0], chip: chip.name)
            let elf = try Data(contentsOf: folder.appending(path: "first/hello_world.elf"))
            #expect(output.contains("ELF file SHA256: \(SHA256.digest(of: [UInt8](elf)).hex)"))

            let summary = try #require(
                AppImage.Summary(
                    prefix: bytes.prefix(AppImage.Summary.prefixSize), size: bytes.count))
            #expect(
                "\(summary)"
                    == "hello_world 1.0.0 for \(chip.name), secure version 0, \(bytes.count) bytes")
            try Self.expectTakenApart(bytes, chip)
        }
    }

    /// A file comes back as it was, whatever stands behind the image; and nothing is wrong with it.
    private static func expectTakenApart(_ bytes: [UInt8], _ chip: Chip) throws {
        let padded = bytes + [UInt8](repeating: 0xFF, count: 8192 - bytes.count % 4096)
        for file in [bytes, bytes + [1, 2, 3], padded, padded + bytes] {
            let image = try AppImage(parsing: file)
            #expect(image.bytes == file)
            #expect(image.header.chip == chip)
            #expect(image.segments.count == 5)
            #expect(image.rest.count == file.count - bytes.count)
            #expect(image.descriptor?.project == "hello_world")
            #expect(image.directive == nil)
            let inspection = try AppImageInspection(of: file)
            #expect(inspection.firstFlaw == nil)
            var sealed = image
            sealed.seal()
            #expect(sealed == image)
        }
    }
}
