import FirmwareImage
import Testing

struct AppImageInspectionTests {
    private static func flaw(_ change: (inout [UInt8]) throws -> Void, reseal: Reseal = .full)
        throws
        -> AppImageFlaw?
    {
        var file = Small.file
        let map = try AppImageMap(of: file)
        try change(&file)
        try map.reseal(&file, reseal)
        return try AppImageInspection(of: file).firstFlaw
    }

    @Test(arguments: Chip.allCases)
    func findsNothingWrongWithAValidImage(chip: Chip) throws {
        for size in [416, 69_712, 602_224] {
            let file = try AppImageRecipeTests.recipe(chip, size: size).bytes()
            let inspection = try AppImageInspection(of: file)
            #expect(inspection.firstFlaw == nil)
            #expect(inspection.header?.chip == chip)
            #expect(inspection.descriptor?.version == "1.2.3")
            #expect(inspection.directive == Directive(.pass))
            let names = inspection.checks.map(\.name)
            #expect(
                names == [
                    "image header", "chip id", "chip revision", "segments", "load addresses",
                    "app descriptor", "directive", "checksum", "SHA-256", "signature",
                    "entry address",
                ])
        }
    }

    /// Each edit of a field, sealed again, with the place that is pointed to, and what is said of it.
    @Test(arguments: [
        ("header.chip_id", "0x1234", 12, "an id of ESP-IDF's, such as 0x0000 for esp32", "0x1234"),
        ("header.chip_id", "esp32c3", 24, "an address of esp32c3's memory", "0x3f400020"),
        ("header.max_chip_rev_full", "99", 17, "", "99"),
        ("header.segment_count", "0", 1, "1 to 16", "0"),
        ("segment[0].load_addr", "0x3f400024", 24, "", "0x3f400024"),
        ("segment[1].load_addr", "0x50002000", 320, "an address of esp32's memory", "0x50002000"),
        (
            "segment[1].load_addr", "0x400bfffe", 320, "an address in IRAM, as its beginning",
            "0x400c0001"
        ),
        ("header.entry_addr", "0x40080004", 4, "an address in a segment of code", "0x40080004"),
        ("header.entry_addr", "0", 4, "an address in a segment of code", "0x00000000"),
        ("app.magic_word", "0", 32, "0xabcd5432", "0x00000000"),
        (
            "directive.behaviour", "9", 288, "version 1 with a known behaviour and phase",
            "version 1, behaviour 9, phase 0"
        ),
    ])
    func pointsToTheFirstBrokenField(
        name: String, text: String, offset: Int, expected: String, found: String
    ) throws {
        let field = try #require(ImageField.named(name, in: AppImageMap(of: Small.file)))
        let first = try Self.flaw { file in
            if name == "header.max_chip_rev_full" { file[15] = 100 }
            try field.set(text, in: &file)
        }
        let flaw = try #require(first)
        #expect(flaw.offset == offset)
        #expect(flaw.found == found)
        #expect(expected.isEmpty || flaw.expected == expected, "\(flaw)")
    }

    @Test func pointsToWrongSeals() throws {
        let checksum = try #require(try Self.flaw({ $0[100] ^= 1 }, reseal: .none))
        #expect(checksum.offset == 335)
        #expect(checksum.expected == "0x" + String(Small.file[335] ^ 1, radix: 16))
        #expect(checksum.found == "0x" + String(Small.file[335], radix: 16))
        let digest = try #require(try Self.flaw({ $0[100] ^= 1 }, reseal: .checksum))
        #expect(digest.offset == 336)
        #expect(digest.found == Array(Small.file[336...]).hex)
        #expect(try Self.flaw { $0[100] ^= 1 } == nil)
    }

    /// A device compares the digest and never looks at the address.
    @Test func pointsToSealsBeforeTheEntryAddress() throws {
        #expect(try Self.flaw({ $0[4] ^= 4 }, reseal: .none)?.offset == 336)
        #expect(try Self.flaw { $0[4] ^= 4 }?.offset == 4)
    }

    /// From v5.4.1 on an app says for which pages it was linked (`mmu_page_size`).
    @Test func measuresMappedSegmentsByTheAppsOwnPages() throws {
        for (exponent, offset) in [(0, 24), (14, nil), (15, nil), (16, 24), (17, 24)] {
            let flaw = try Self.flaw {
                $0[32 + 180] = UInt8(exponent)
                // 32 KiB more: a multiple of the smaller pages.
                $0[25] = 0x80
            }
            #expect(flaw?.offset == offset, "2^\(exponent)")
        }
    }

    @Test func pointsToTextsWithoutAnEnd() throws {
        let flaw = try Self.flaw {
            $0.replaceSubrange(80..<112, with: [UInt8](repeating: 65, count: 32))
        }
        #expect(flaw?.offset == 80)
        #expect(flaw?.subject == "the app's project_name")
    }

    @Test func pointsToEfuseRevisionsThatExcludeEachOther() throws {
        var recipe = AppImageRecipeTests.recipe(.esp32c3)
        recipe.size = 4096
        var file = try recipe.bytes()
        let map = try AppImageMap(of: file)
        file[208] = 3
        file[210] = 2
        try map.reseal(&file, .full)
        #expect(try AppImageInspection(of: file).firstFlaw?.offset == 210)
        file[210] = 3
        try map.reseal(&file, .full)
        #expect(try AppImageInspection(of: file).firstFlaw == nil)
    }

    @Test func saysThatNothingButTheChecksumGuardsAnImageWithoutDigest() throws {
        var file = Small.file
        let map = try AppImageMap(of: file)
        file[23] = 0
        try map.reseal(&file, .full)
        let check = try AppImageInspection(of: file).checks.first { $0.name == "SHA-256" }
        guard case .skipped(let reason) = check?.outcome else {
            Issue.record("\(String(describing: check))")
            return
        }
        #expect(reason.contains("hash_appended is 0"))
    }

    @Test func goesAsFarAsItCan() throws {
        let cut = Array(Small.file.prefix(325))
        let inspection = try AppImageInspection(of: cut)
        #expect(inspection.map == nil)
        #expect(inspection.segments.count == 1)
        #expect(inspection.descriptor?.project == "lamp")
        #expect(inspection.firstFlaw?.offset == 325)
        let digest = inspection.checks.first { $0.name == "SHA-256" }
        #expect(digest?.outcome == .skipped("its place is not known"))
        #expect(try AppImageInspection(of: [UInt8]()).firstFlaw?.offset == 0)
        #expect(
            try AppImageInspection(of: Array("<html>".utf8)).firstFlaw?.found
                == "0x3c, as a web page begins")
    }
}
