import FirmwareImage
import Testing

struct ImageHeaderTests {
    @Test func isWrittenAsTheFormatSays() {
        var header = ImageHeader(chip: .esp32c3, segmentCount: 5, entryAddress: 0x4038_0004)
        header.minChipRevision = 3
        header.maxChipRevision = 199
        #expect(
            header.bytes.hex == "e905022f" + "04003840" + "ee000000" + "0500" + "00" + "0300"
                + "c700"
                + "00000000" + "01")
    }

    @Test func comesBackAsItWasWritten() throws {
        var header = ImageHeader(chip: .esp32s3, segmentCount: 16, entryAddress: 0xFEDC_BA98)
        header.flash = FlashSettings(mode: 1, speed: 2, size: 4)
        header.minChipRevision = 102
        header.maxChipRevision = 399
        header.writeProtectPin = 7
        header.digestFlag = 0
        let read = try #require(ImageHeader(header.bytes + [1, 2, 3]))
        #expect(read == header)
        #expect(read.chip == .esp32s3)
        #expect(read.segmentCount == 16)
        #expect(read.entryAddress == 0xFEDC_BA98)
        #expect(read.flash == FlashSettings(mode: 1, speed: 2, size: 4))
        #expect((read.minChipRevision, read.maxChipRevision) == (102, 399))
        #expect((read.writeProtectPin, read.digestFlag) == (7, 0))
    }

    @Test func keepsWhatItHasNoNameFor() throws {
        let bytes = [ImageHeader.magic] + (1..<24).map { UInt8($0) &* 11 }
        var header = try #require(ImageHeader(bytes))
        let entry = header.entryAddress
        header.entryAddress = 0
        header.entryAddress = entry
        #expect(header.bytes == bytes)
    }

    @Test func isNotReadFromOtherBytes() {
        let bytes = ImageHeader(chip: .esp32, segmentCount: 1, entryAddress: 0).bytes
        #expect(ImageHeader(bytes.dropLast()) == nil)
        #expect(ImageHeader([0xE8] + bytes.dropFirst()) == nil)
        #expect(ImageHeader([]) == nil)
    }

    @Test func knowsNoChipThatIsNotListed() {
        var header = ImageHeader(chip: .esp32, segmentCount: 1, entryAddress: 0)
        header.chipID = 0xFFFF
        #expect(header.chip == nil)
    }
}

struct ChipTests {
    @Test func hasTheIdsOfTheFormat() {
        let ids: [String: UInt16] = [
            "esp32": 0, "esp32s2": 2, "esp32c3": 5, "esp32s3": 9, "esp32c2": 12, "esp32c6": 13,
            "esp32h2": 16, "esp32p4": 18, "esp32c5": 23, "esp32c61": 20, "esp32h21": 25,
            "esp32h4": 28,
        ]
        #expect(
            Dictionary(uniqueKeysWithValues: Chip.allCases.map { ($0.name, $0.rawValue) }) == ids)
    }

    @Test(arguments: Chip.allCases)
    func isFoundByItsName(chip: Chip) {
        #expect(Chip(name: chip.name) == chip)
        #expect(Chip(name: chip.name.uppercased()) == nil)
    }
}

struct AppDescriptorTests {
    @Test func isWrittenAsTheFormatSays() throws {
        var descriptor = AppDescriptor()
        descriptor.secureVersion = 0x0102_0304
        try descriptor.set(.version, to: "1.2.3")
        try descriptor.set(.project, to: "lamp")
        try descriptor.set(.time, to: "23:59:58")
        try descriptor.set(.date, to: "Dec 31 2024")
        try descriptor.set(.idfVersion, to: "v5.3.2")
        descriptor.elfDigest = (0..<32).map { 0xA0 + $0 }
        descriptor.minEfuseBlockRevision = 0x0506
        descriptor.maxEfuseBlockRevision = 0x0708

        func field(_ text: String, _ count: Int) -> [UInt8] {
            Array(text.utf8) + [UInt8](repeating: 0, count: count - text.utf8.count)
        }
        var expected: [UInt8] = [0x32, 0x54, 0xCD, 0xAB, 4, 3, 2, 1] + field("", 8)
        expected += field("1.2.3", 32) + field("lamp", 32) + field("23:59:58", 16)
        expected += field("Dec 31 2024", 16) + field("v5.3.2", 32) + (0..<32).map { 0xA0 + $0 }
        expected += [6, 5, 8, 7] + field("", 76)
        #expect(descriptor.bytes == expected)
        #expect(AppDescriptor(descriptor.bytes + [9]) == descriptor)
        #expect((descriptor.version, descriptor.project) == ("1.2.3", "lamp"))
    }

    @Test(arguments: AppDescriptor.Text.allCases)
    func takesTextsUpToTheLimitOnly(text: AppDescriptor.Text) throws {
        var descriptor = AppDescriptor()
        let longest = String(repeating: "é", count: text.limit / 2) + "x"
        #expect(longest.utf8.count == text.limit)
        try descriptor.set(text, to: longest)
        #expect(descriptor.text(text) == longest)
        let before = descriptor
        #expect(throws: AppImageError.textTooLong(text, count: text.limit + 1)) {
            try descriptor.set(text, to: longest + "y")
        }
        #expect(throws: AppImageError.textHoldsZero(text)) {
            try descriptor.set(text, to: "a\0b")
        }
        #expect(descriptor == before)
    }

    @Test func forgetsALongerText() throws {
        var descriptor = AppDescriptor()
        try descriptor.set(.version, to: "a-longer-version")
        try descriptor.set(.version, to: "2")
        var fresh = AppDescriptor()
        try fresh.set(.version, to: "2")
        #expect(descriptor == fresh)
    }

    @Test func readsATextThatHasNoEnd() throws {
        var bytes = AppDescriptor().bytes
        bytes.replaceSubrange(16..<48, with: [UInt8](repeating: 0x76, count: 32))
        let descriptor = try #require(AppDescriptor(bytes))
        #expect(descriptor.version == String(repeating: "v", count: 32))
        #expect(descriptor.project.isEmpty)
    }

    @Test func isNotReadFromOtherBytes() {
        let bytes = AppDescriptor().bytes
        #expect(AppDescriptor(bytes.dropLast()) == nil)
        #expect(AppDescriptor([0] + bytes.dropFirst()) == nil)
    }
}

struct ChecksumTests {
    @Test func isEveryByteUnderExclusiveOr() {
        #expect(Checksum().value == 0xEF)
        var numbers = Numbers(seed: 3)
        for count in 0..<40 {
            let bytes = numbers.bytes(count)
            var checksum = Checksum()
            checksum.add(bytes)
            #expect(checksum.value == bytes.reduce(0xEF, ^))
            let cut = count / 3
            let segments = [bytes[..<cut], bytes[cut...]].map {
                ImageSegment(loadAddress: 0x3FFB_0000, data: Array($0))
            }
            #expect(Checksum(of: segments) == checksum)
        }
    }

    @Test(arguments: [(0, 15), (1, 15), (15, 15), (16, 31), (28, 31), (31, 31), (32, 47)])
    func standsAtTheEndOfABlockOfSixteen(end: Int, place: Int) {
        #expect(Checksum.place(behind: end) == place)
    }
}

struct AppImageTests {
    /// Made by hand from the format's description; its digest by `sha256sum`.
    @Test func isWrittenAsTheFormatSays() {
        let image = AppImage(
            header: ImageHeader(chip: .esp32, segmentCount: 2, entryAddress: 0x4008_0000),
            segments: [
                ImageSegment(loadAddress: 0x4008_0000, data: [0x06, 0xFF, 0xFF, 0x00]),
                ImageSegment(loadAddress: 0x3FFB_0000, data: [1, 2, 3, 4, 5, 6, 7, 8]),
            ])
        let body =
            "e9020220" + "00000840" + "ee000000" + "0000" + "00" + "0000" + "ffff" + "00000000"
            + "01"
            + "00000840" + "04000000" + "06ffff00"
            + "0000fb3f" + "08000000" + "0102030405060708"
            + "0000000000000000000000" + "e1"
        #expect(image.bytes.prefix(64).map { $0 } == body.bytes)
        #expect(
            Array(image.bytes.dropFirst(64)).hex
                == "eefa7acf2af39a06871505cb1d14e5fe9c332714bff6626ccc73fd76d1c5aec9")
    }

    @Test func hasNoDigestIfItsHeaderSaysSo() {
        var image = AppImage.demo()
        let sealed = image.bytes
        image.header.digestFlag = 0
        image.seal()
        let plain = image.bytes
        #expect(plain.count == sealed.count - SHA256.digestSize)
        #expect(plain[24...] == sealed[24..<plain.count])
        #expect(SHA256.digest(of: Array(sealed[..<plain.count])) == Array(sealed[plain.count...]))
    }
}

extension String {
    /// The bytes that a text of hexadecimal digits means.
    var bytes: [UInt8] {
        let digits = Array(self)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)!
        }
    }
}
