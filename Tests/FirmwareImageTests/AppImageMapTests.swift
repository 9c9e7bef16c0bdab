import FirmwareImage
import Testing

/// An image of two segments, so small that all of its places can be written down: the app descriptor with
/// a directive behind it, and four bytes of code.
enum Small {
    static let image: AppImage = {
        var descriptor = AppDescriptor()
        // Both fit.
        try! descriptor.set(.project, to: "lamp")
        try! descriptor.set(.version, to: "1.2.3")
        return AppImage(
            header: ImageHeader(chip: .esp32, segmentCount: 2, entryAddress: 0x4008_0000),
            segments: [
                ImageSegment(
                    loadAddress: 0x3F40_0020, data: descriptor.bytes + Directive(.pass).bytes),
                ImageSegment(loadAddress: 0x4008_0000, data: [0x06, 0xFF, 0xFF, 0x00]),
            ])
    }()
    static let file = Self.image.bytes
    /// Up to a multiple of 4096, and a sector with one signature in a slot.
    static func signature(inSlot slot: Int = 0) -> [UInt8] {
        var sector = SignatureSector()
        sector[slot] = SignatureBlock(
            scheme: .ecdsa256, imageDigest: [UInt8](repeating: 1, count: 32),
            key: [2] + [UInt8](repeating: 3, count: 64), signature: [UInt8](repeating: 4, count: 64)
        )
        return [UInt8](repeating: 0xFF, count: 4096 - Self.file.count) + sector.bytes
    }
}

struct AppImageMapTests {
    @Test func saysWhereThePartsStand() throws {
        // 24 + 8 + 288 + 8 + 4 = 332; the block of 16 ends at 336.
        let map = try AppImageMap(of: Small.file)
        #expect(map.segments.map(\.header) == [24, 320])
        #expect(map.segments.map(\.data) == [32..<320, 328..<332])
        #expect(map.segments.map(\.loadAddress) == [0x3F40_0020, 0x4008_0000])
        #expect(map.segments[1].loadAddressRange == 320..<324)
        #expect(map.segments[1].lengthRange == 324..<328)
        #expect(map.padding == 332..<335)
        #expect(map.checksum == 335)
        #expect(map.digest == 336..<368)
        #expect(map.end == 368)
        #expect(map.signature == nil)
        #expect(map.trailing.isEmpty)
        #expect(map.descriptor == 32..<288)
        #expect(map.customDescriptor == 288..<320)
        #expect(map.count == 368)
    }

    @Test func hasNoDigestWhereTheHeaderSaysSo() throws {
        var image = Small.image
        image.header.digestFlag = 0
        image.seal()
        let map = try AppImageMap(of: image.bytes)
        #expect(map.digest == nil)
        #expect(map.end == 336)
        #expect(map.count == 336)
    }

    @Test func findsASignatureSectorAndWhatIsBehindIt() throws {
        var file = Small.file + Small.signature()
        #expect(try AppImageMap(of: file).signature == 4096..<8192)
        #expect(try AppImageMap(of: file).trailing.isEmpty)
        #expect(try AppImageMap(of: file + [1, 2]).trailing == 8192..<8194)
        #expect(try AppImageMap(of: Array(file.dropLast())).signature == nil)
        file[4096] = 0xE8
        #expect(try AppImageMap(of: file).signature == nil)
        #expect(try AppImageMap(of: file).trailing == 368..<8192)
        #expect(try AppImageMap(of: Small.file + Small.signature(inSlot: 2)).signature != nil)
    }

    @Test func takesNoChanceByteForASignature() throws {
        var file = Small.file + [UInt8](repeating: 9, count: 8192 - 368)
        file[4096] = SignatureBlock.magic
        #expect(try AppImageMap(of: file).signature == nil)
        #expect(try AppImageMap(of: file).trailing == 368..<8192)
    }

    @Test func hasNoDescriptorsWhereThereIsNoRoom() throws {
        for (count, hasDescriptor, hasCustom) in [
            (252, false, false), (256, true, false), (260, true, true),
        ] {
            let image = AppImage(
                header: Small.image.header,
                segments: [
                    ImageSegment(loadAddress: 0, data: [UInt8](repeating: 0, count: count)),
                    ImageSegment(loadAddress: 0, data: []),
                ])
            let map = try AppImageMap(of: image.bytes)
            #expect((map.descriptor != nil) == hasDescriptor)
            #expect((map.customDescriptor != nil) == hasCustom)
        }
    }

    /// Each with what is changed, and the place, what was expected there and what was found.
    @Test(arguments: [
        ("e8", 0, 0, "0xe9", "0xe8"),
        ("11", 1, 1, "1 to 16", "17"),
        ("ff", 1, 1, "1 to 16", "255"),
        ("03", 1, 336, "a multiple of 4 under 0x1000000", ""),
        ("05000000", 324, 324, "a multiple of 4 under 0x1000000", "0x5"),
        ("00000001", 28, 28, "a multiple of 4 under 0x1000000", "0x1000000"),
        ("fcffffff", 28, 28, "a multiple of 4 under 0x1000000", "0xfffffffc"),
        ("fcffff00", 28, 28, "at most the 336 bytes that the file has behind it", "16777212"),
        ("2c000000", 324, 324, "at most the 40 bytes that the file has behind it", "44"),
    ])
    func saysWhereTheStructureBreaks(
        change: String, at place: Int, offset: Int, expected: String, found: String
    ) throws {
        var file = Small.file
        file.replaceSubrange(place..<place + change.count / 2, with: change.bytes)
        let flaw = #expect(throws: AppImageFlaw.self) { try AppImageMap(of: file) }
        #expect(flaw?.offset == offset)
        #expect(flaw?.expected == expected)
        #expect(found.isEmpty || flaw?.found == found, "\(String(describing: flaw))")
    }

    @Test func saysWhereAShortFileEnds() {
        for count in 0..<Small.file.count {
            let file = Array(Small.file.prefix(count))
            let flaw = #expect(throws: AppImageFlaw.self) { try AppImageMap(of: file) }
            // A segment that goes on behind the end is told by its length; all else by the end itself.
            let segment = count < 32 ? nil : count < 320 ? 28 : count < 328 ? nil : 324
            let isTold = count >= 332 ? count : segment ?? count
            #expect(flaw?.offset == isTold, "\(count) bytes: \(String(describing: flaw))")
        }
    }

    @Test func isAsLazyAsTheStructureAllows() throws {
        let image = Counted(bytes: try AppImageRecipeTests.recipe(size: 16 << 20).bytes())
        _ = try AppImageMap(of: image)
        #expect(image.read < 200)
    }

    @Test func passesOnThatAFileCannotBeRead() {
        #expect(throws: Unreadable.Failure.self) { try AppImageMap(of: Unreadable()) }
        #expect(throws: Unreadable.Failure.self) { try AppImageInspection(of: Unreadable()) }
    }
}

/// Counts the bytes that are read.
private final class Counted: ImageBytes {
    let bytes: [UInt8]
    private(set) var read = 0
    var count: Int { self.bytes.count }

    init(bytes: [UInt8]) { self.bytes = bytes }

    func bytes(in range: Range<Int>) throws -> [UInt8] {
        self.read += range.count
        return Array(self.bytes[range])
    }
}

private struct Unreadable: ImageBytes {
    struct Failure: Error {}
    var count: Int { 1 << 20 }
    func bytes(in range: Range<Int>) throws -> [UInt8] { throw Failure() }
}
