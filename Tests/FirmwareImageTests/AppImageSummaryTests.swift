import FirmwareImage
import Testing

struct AppImageSummaryTests {
    static let prefix = Array(AppImage.demo().bytes.prefix(AppImage.Summary.prefixSize))

    @Test func saysWhatTheRecipeSaid() throws {
        let recipe = AppImageRecipe(
            chip: .esp32c6, project: "lamp", version: "3.1", secureVersion: 7, size: 1024)
        let summary = try #require(AppImage.Summary(prefix: recipe.bytes(), size: 1024))
        #expect(summary.chip == .esp32c6)
        #expect((summary.project, summary.version) == ("lamp", "3.1"))
        #expect((summary.secureVersion, summary.size) == (7, 1024))
        #expect("\(summary)" == "lamp 3.1 for esp32c6, secure version 7, 1024 bytes")
    }

    @Test func needsNoMoreThanItsPrefix() {
        #expect(Self.prefix.count == 288)
        #expect(AppImage.Summary(prefix: Self.prefix, size: 602_224) != nil)
        for count in 0..<Self.prefix.count {
            #expect(AppImage.Summary(prefix: Self.prefix[..<count], size: count) == nil)
        }
    }

    @Test func readsBytesThatDoNotBeginAtZero() {
        let shifted = ([1, 2, 3] + Self.prefix).dropFirst(3)
        #expect(
            AppImage.Summary(prefix: shifted, size: 1)
                == AppImage.Summary(prefix: Self.prefix, size: 1))
    }

    @Test func isForImagesOnly() {
        for place in [0, 32, 33, 34, 35] {
            var bytes = Self.prefix
            bytes[place] ^= 1
            #expect(AppImage.Summary(prefix: bytes, size: 1) == nil, "byte \(place)")
        }
        #expect(AppImage.Summary(prefix: Array("<!DOCTYPE html>".utf8), size: 15) == nil)
    }

    @Test func readsWhateverElseTheBytesAre() throws {
        var numbers = Numbers(seed: 4)
        for _ in 0..<500 {
            #expect(AppImage.Summary(prefix: numbers.bytes(288), size: 288) == nil)
            var bytes = numbers.bytes(288)
            bytes[0] = 0xE9
            bytes.replaceSubrange(32..<36, with: [0x32, 0x54, 0xCD, 0xAB])
            let summary = try #require(AppImage.Summary(prefix: bytes, size: 288))
            let controls = "\(summary)".unicodeScalars.filter {
                $0.properties.generalCategory == .control
            }
            #expect(controls.isEmpty)
        }
    }

    @Test func namesAChipThatItDoesNotKnow() throws {
        var bytes = Self.prefix
        bytes[12] = 0x21
        let summary = try #require(AppImage.Summary(prefix: bytes, size: 9))
        #expect(summary.chip == nil)
        #expect(
            "\(summary)"
                == "faultserve-demo 2.0.0 for unknown chip 0x21, secure version 0, 9 bytes")
    }
}
