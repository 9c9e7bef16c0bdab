import FirmwareImage
import Foundation
import Testing

/// The profiles that edit an image's header, segment headers, app descriptor and directive.
///
/// The demo image has 602,224 bytes. Its segments' headers stand at 0x18 (DROM, 0x38fe0 bytes for
/// 0x3f400020), 0x39000 (DRAM), 0x3b008 (IRAM), 0x3f010 (padding) and 0x40018 (IROM), its checksum at
/// 0x9304f and its digest behind that.
@Suite(.timeLimit(.minutes(5))) struct HeaderProfileTests {
    private static let checksum = 0x9304F

    /// What a profile does to the demo image, and what esptool sees of it.
    struct Story: Sendable, CustomTestStringConvertible {
        let profile: String
        /// What stands at the places before the seals that differ.
        let changes: [Int: UInt8]
        /// Beginnings of lines that esptool prints.
        let lines: [String]

        init(_ profile: String, _ changes: [Int: UInt8], _ lines: String...) {
            self.profile = profile
            self.changes = changes
            self.lines = lines
        }

        var testDescription: String { self.profile }
    }

    private static func expectChanges(
        _ image: FaultyImage, _ changes: [Int: UInt8], _ location: SourceLocation = #_sourceLocation
    ) {
        let places = image.changes.filter { $0 < Self.checksum }
        #expect(image.bytes.count == image.honest.count, sourceLocation: location)
        #expect(
            Dictionary(uniqueKeysWithValues: places.map { ($0, image.bytes[$0]) }) == changes,
            sourceLocation: location)
    }

    /// Demands that esptool finds the seals right, and prints lines that begin so.
    private static func expectSealed(
        _ image: FaultyImage, _ lines: [String], _ location: SourceLocation = #_sourceLocation
    ) throws {
        let said = try image.expectEsptool(
            checksum: true, digest: true, chip: "esp32", location)
        for line in lines {
            #expect(
                said.contains { $0.hasPrefix(line) }, "no '\(line)' in \(said)",
                sourceLocation: location)
        }
    }

    // MARK: What esptool finds valid, as all but one thing is right

    @Test(arguments: [
        Story(
            "load-address-misaligned", [0x18: 0x24], "      0  0x38fe0  0x3f400024  0x00000018"),
        Story(
            "load-address-outside-ram", [0x39002: 0x00, 0x39003: 0x20],
            "      1  0x02000  0x20000000  0x00039000"),
        // DROM ends at 0x3f439000, its last page at 0x3f440000; the padding stands at 0x3f018.
        Story(
            "second-drom", [0x3F010: 0x18, 0x3F011: 0xF0, 0x3F012: 0x44, 0x3F013: 0x3F],
            "      0  0x38fe0  0x3f400020  0x00000018  DROM",
            "      3  0x01000  0x3f44f018  0x0003f010  DROM"),
        Story("entry-address", [6: 0, 7: 0], "Entry point not set"),
        Story("wrong-chip", [12: 9], "Unexpected chip id in image. Expected 0 but value was 9."),
        Story("min-chip-revision", [15: 0xAC, 16: 0x26], "Minimal chip revision: v99.0"),
        Story("max-chip-revision", [17: 1, 18: 0], "Maximal chip revision: v0.1"),
        Story("other-flash-settings", [2: 0, 3: 0x70], "Flash mode: QIO", "Flash size: 128MB"),
    ])
    func editsTheHeadersAndSealsThem(_ story: Story) throws {
        let image = try FaultyImage(story.profile)
        Self.expectChanges(image, story.changes)
        try Self.expectSealed(image, story.lines)
        // Headers are no data.
        #expect(image.bytes[Self.checksum] == image.honest[Self.checksum])
    }

    @Test(arguments: [
        Story("same-version", [48: 0x31], "App version: 1.0.0"),
        Story("older-version", [48: 0x30, 50: 0x39], "App version: 0.9.0"),
        Story("rolled-back-version", [48: 0x31, 50: 0x31, 296: 1], "App version: 1.1.0"),
        Story("secure-version-raised", [36: 1], "Secure version: 1"),
        Story("secure-version-too-large", [36: 33], "Secure version: 33"),
        Story(
            "efuse-block-revision", [208: 0xAC, 209: 0x26], "Minimal eFuse block revision: 99.0"),
        Story("spi-flash-mode", [213: 1], "App version: 2.0.0"),
        Story("mmu-page-size", [212: 14], "App version: 2.0.0"),
        Story("self-test-fails", [296: 1], "App version: 2.0.0"),
        Story("no-way-back", [296: 1], "App version: 2.0.0"),
        Story("crash-on-first-boot", [296: 2], "App version: 2.0.0"),
        Story("crash-at-startup", [296: 2, 297: 1], "App version: 2.0.0"),
        Story("hang-on-first-boot", [296: 3], "App version: 2.0.0"),
        Story("hang-at-startup", [296: 3, 297: 1], "App version: 2.0.0"),
        Story("never-confirmed", [296: 4], "App version: 2.0.0"),
        // 20,000 ms are 0x4e20.
        Story("slow-self-test", [300: 0x20, 301: 0x4E], "App version: 2.0.0"),
    ])
    func editsDescriptorAndDirectiveAndSealsThem(_ story: Story) throws {
        let image = try FaultyImage(story.profile)
        Self.expectChanges(image, story.changes)
        try Self.expectSealed(image, story.lines)
    }

    @Test(arguments: [
        ("hang-at-startup", "hang before app_main"), ("never-confirmed", "no-confirm"),
        ("slow-self-test", "pass in the self-test after 20000 ms"),
    ])
    func theDirectiveReadsAsItWasMeant(_ profile: String, _ words: String) throws {
        let directive = try FaultyImage(profile).inspection.directive
        #expect(directive?.description.contains(words) == true, "\(directive as Any)")
    }

    @Test func otherProjectIsOfAnotherProject() throws {
        let image = try FaultyImage("other-project")
        // In place of "faultserve-demo", which is two bytes longer.
        let name = Array("other-project".utf8) + [0, 0]
        #expect(Array(image.bytes[80..<95]) == name)
        #expect(image.changes.allSatisfy { (80..<95).contains($0) || $0 >= Self.checksum })
        try Self.expectSealed(image, ["Project name: other-project"])
    }

    @Test func secureVersionLowTakesAnySecureVersionAway() throws {
        var recipe = AppImageRecipe.demo
        recipe.secureVersion = 7
        let image = try FaultyImage("secure-version-low", of: recipe.bytes())
        Self.expectChanges(image, [36: 0])
        try Self.expectSealed(image, ["Secure version: 0"])
    }

    @Test(arguments: ["descriptor-magic", "descriptor-magic-anti-rollback"])
    func withoutItsMagicThereIsNoDescriptor(_ profile: String) throws {
        let image = try FaultyImage(profile)
        Self.expectChanges(image, [32: 0, 33: 0, 34: 0, 35: 0])
        try image.expectEsptool(checksum: true, digest: true)
        #expect(try !image.esptool().output.contains("Application information"))
        #expect(try image.inspection.firstFlaw?.offset == 32)
    }

    @Test(arguments: ["wrong-chip", "efuse-block-revision", "mmu-page-size", "second-drom"])
    func editsImagesOfOtherChips(_ profile: String) throws {
        var recipe = AppImageRecipe.demo
        recipe.chip = .esp32c6
        let image = try FaultyImage(profile, of: recipe.bytes())
        try image.expectEsptool(checksum: true, digest: true, chip: "esp32c6")
        #expect(image.changes.contains { $0 < Self.checksum })
    }

    // MARK: What esptool refuses

    @Test(arguments: [
        Story("wrong-magic", [0: 0x00], "(invalid magic number: 0x0)"),
        Story("blank-magic", [0: 0xFF], "(invalid magic number: 0xff)"),
        Story("segment-count-17", [1: 17], "End of file reading segment"),
        Story("segment-count-more", [1: 7], "End of file reading segment"),
        Story("segment-length-unaligned", [28: 0xE1], "End of file reading segment"),
        Story(
            "segment-length-huge", [28: 0, 29: 0, 30: 0xF0],
            "segment 0x3f400020, length 15728640 (actual length 602192)"),
        // Behind 32 there are 602,192 bytes; 4 more are 0x93054.
        Story(
            "segment-length-past-end", [28: 0x54, 29: 0x30, 30: 0x09],
            "segment 0x3f400020, length 602196 (actual length 602192)"),
        Story(
            "segment-length-wrap", [28: 0xFC, 29: 0xFF, 30: 0xFF, 31: 0xFF],
            "segment 0x3f400020, length 4294967292 (actual length 602192)"),
    ])
    func breaksTheStructureOnly(_ story: Story) throws {
        let image = try FaultyImage(story.profile)
        Self.expectChanges(image, story.changes)
        let said = try image.esptool()
        #expect(said.status != 0)
        for text in story.lines {
            #expect(said.output.contains(text), "\(said.output) \(said.errors)")
        }
        // The seals are right where they stood, so that nothing else is wrong.
        #expect(image.bytes[Self.checksum] == image.honest[Self.checksum])
        #expect(
            Array(image.bytes.suffix(32)) == SHA256.digest(of: Array(image.bytes.dropLast(32))))
    }

    @Test func segmentCountLessLooksForTheSealsElsewhere() throws {
        let image = try FaultyImage("segment-count-less")
        Self.expectChanges(image, [1: 4])
        try image.expectEsptool(checksum: false, digest: false)
    }

    // MARK: The first segment

    @Test func firstSegmentShortEndsBeforeItsDescriptor() throws {
        let image = try FaultyImage("first-segment-short")
        #expect(image.bytes.count == image.honest.count)
        // 0x38fe0 bytes are 128, a header of 8, and 0x38f58 for 0x3f400020 + 136.
        #expect(image.bytes[1] == 6)
        #expect(Array(image.bytes[28..<32]) == [0x80, 0, 0, 0])
        #expect(Array(image.bytes[160..<168]) == [0xA8, 0, 0x40, 0x3F, 0x58, 0x8F, 0x03, 0])
        let others = image.changes.filter {
            $0 != 1 && !(28..<32).contains($0) && !(160..<168).contains($0) && $0 < Self.checksum
        }
        #expect(others == [])
        try Self.expectSealed(
            image, ["      0  0x00080  0x3f400020", "      1  0x38f58  0x3f4000a8"])
        #expect(try image.inspection.firstFlaw?.found == "128")
    }

    @Test func firstSegmentLargeIsMappedInParts() throws {
        let image = try FaultyImage("first-segment-large")
        // 0x38fe0 bytes and 53 times 64 KiB are the first sum of 3.5 MiB or more.
        let growth = 53 << 16
        #expect(image.bytes.count == image.honest.count + growth)
        #expect(Array(image.bytes[28..<32]) == [0xE0, 0x8F, 0x38, 0x00])
        #expect(image.bytes[32..<0x39000] == image.honest[32..<0x39000])
        #expect(
            Array(image.bytes[(0x39000 + growth)...].dropLast(33))
                == Array(image.honest[0x39000...].dropLast(33)))
        try Self.expectSealed(image, ["      0  0x388fe0  0x3f400020"])
        #expect(try image.inspection.firstFlaw == nil)
    }

    // MARK: Foreign images

    @Test func entryAddressNeedsNoDirective() throws {
        var foreign = AppImage.demo()
        foreign.segments[0].data.replaceSubrange(256..<288, with: [UInt8](repeating: 7, count: 32))
        foreign.seal()
        let image = try FaultyImage("entry-address", of: foreign.bytes)
        Self.expectChanges(image, [6: 0, 7: 0])
        try image.expectEsptool(checksum: true, digest: true)
    }
}
