import FirmwareImage
import Testing

struct ImageFieldTests {
    private static func set(_ name: String, _ text: String, in file: [UInt8]) throws -> [UInt8] {
        var file = file
        let field = try #require(ImageField.named(name, in: AppImageMap(of: file)))
        try field.set(text, in: &file)
        #expect(try field.text(in: file) == text)
        return file
    }

    /// Each with a value and the bytes that it becomes, at their place.
    @Test(arguments: [
        ("header.magic", "0xea", 0, "ea"), ("header.segment_count", "17", 1, "11"),
        ("header.spi_mode", "dout", 2, "03"), ("header.spi_speed", "15", 3, "2f"),
        ("header.spi_size", "4", 3, "40"), ("header.entry_addr", "0x12345678", 4, "78563412"),
        ("header.wp_pin", "0x07", 8, "07"), ("header.spi_pin_drv", "010203", 9, "010203"),
        ("header.chip_id", "esp32s3", 12, "0900"), ("header.chip_id", "esp32s31", 12, "2000"),
        ("header.min_chip_rev", "3", 14, "03"), ("header.min_chip_rev_full", "301", 15, "2d01"),
        ("header.max_chip_rev_full", "65535", 17, "ffff"),
        ("header.reserved", "01020304", 19, "01020304"), ("header.hash_appended", "2", 23, "02"),
        ("segment[0].load_addr", "0x3f400024", 24, "2400403f"),
        ("segment[1].data_len", "4294967295", 324, "ffffffff"),
        ("app.magic_word", "0x00000000", 32, "00000000"),
        ("app.secure_version", "33", 36, "21000000"), ("app.version", "2.0.1", 48, "322e302e3100"),
        ("app.project_name", "é", 80, "c3a90000"), ("app.time", "1", 112, "3100"),
        ("app.date", "2", 128, "3200"), ("app.idf_ver", "v6", 144, "763600"),
        ("app.min_efuse_blk_rev_full", "3", 208, "0300"),
        ("app.max_efuse_blk_rev_full", "199", 210, "c700"), ("app.mmu_page_size", "15", 212, "0f"),
        ("app.spi_flash_mode", "2", 213, "02"), ("directive.behaviour", "crash", 296, "02"),
        ("directive.phase", "startup", 297, "01"), ("directive.delay_ms", "1500", 300, "dc050000"),
    ])
    func standsWhereTheFormatSays(name: String, text: String, place: Int, bytes: String) throws {
        let file = try Self.set(name, text, in: Small.file)
        let range = place..<place + bytes.count / 2
        #expect(Array(file[range]) == bytes.bytes)
        let field = try #require(ImageField.named(name, in: AppImageMap(of: Small.file)))
        for index in file.indices where !field.range.contains(index) {
            #expect(file[index] == Small.file[index])
        }
    }

    @Test(arguments: [
        ("header.segment_count", "256", "write a number from 0 to 255"),
        ("header.segment_count", "-1", "write a number from 0 to 255"),
        ("header.spi_size", "16", "write a number from 0 to 15"),
        ("header.spi_mode", "fast", "qio, qout, dio, dout, fast_read, slow_read"),
        ("header.chip_id", "esp8266", "esp32, esp32s2"),
        ("header.entry_addr", "0x", "a number"), ("header.entry_addr", "4294967296", "4294967295"),
        ("app.version", "12345678901234567890123456789012", "at most 31 bytes of text"),
        ("app.version", "a\0b", "at most 31 bytes"),
        ("app.app_elf_sha256", "00", "64 hexadecimal digits"),
        ("app.app_elf_sha256", "x", "64 hexadecimal digits"),
    ])
    func refusesWhatIsNoValue(name: String, text: String, wanted: String) throws {
        var file = Small.file
        let field = try #require(ImageField.named(name, in: AppImageMap(of: file)))
        let error = #expect(throws: ImageFieldError.self) { try field.set(text, in: &file) }
        #expect(error?.description.contains(wanted) == true, "\(String(describing: error))")
        #expect(file == Small.file)
    }

    @Test func isThereOnlyIfThePartIs() throws {
        let short = AppImage(
            header: Small.image.header,
            segments: [
                ImageSegment(loadAddress: 0, data: [0, 0, 0, 0]),
                ImageSegment(loadAddress: 0, data: []),
            ])
        let names = try ImageField.all(in: AppImageMap(of: short.bytes)).map(\.name)
        #expect(names.contains("segment[1].data_len"))
        #expect(!names.contains { $0.hasPrefix("app.") || $0.hasPrefix("directive.") })
        let all = try ImageField.all(in: AppImageMap(of: Small.file)).map(\.name)
        #expect(Set(all).count == all.count)
    }

    @Test func hidesWhatCouldDriveATerminal() throws {
        var file = Small.file
        file.replaceSubrange(48..<51, with: [0x1B, 0x5B, 0])
        let field = try #require(ImageField.named("app.version", in: AppImageMap(of: file)))
        #expect(try field.text(in: file) == "\u{FFFD}[")
    }
}

struct DirectiveTests {
    @Test func isWrittenAsTheFormatSays() {
        let directive = Directive(.hang, phase: .startup, delay: 0x0102_0304)
        let zeros = String(repeating: "0", count: 32)
        #expect(
            directive.bytes.hex == "46535256" + "0100" + "2000" + "0301" + "0000" + "04030201"
                + zeros)
        #expect(Directive(directive.bytes + [1]) == directive)
    }

    @Test func comesBackAsItWasWritten() {
        for behaviour in Directive.Behaviour.allCases {
            for phase in Directive.Phase.allCases {
                let directive = Directive(behaviour, phase: phase, delay: 7)
                #expect(Directive(directive.bytes) == directive)
            }
        }
        #expect(Set(Directive.Behaviour.allCases.map(\.name)).count == 5)
    }

    @Test(arguments: [(0, 0), (4, 2), (8, 5), (9, 2)])
    func isNotReadFromOtherBytes(place: Int, value: UInt8) {
        var bytes = Directive(.pass).bytes
        bytes[place] = value
        #expect(Directive(bytes) == nil)
        #expect(Directive(bytes.dropLast()) == nil)
    }
}
