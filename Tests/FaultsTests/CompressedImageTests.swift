import FaultKit
import Faults
import Testing

@Suite struct CompressedImageTests {
    /// A member's ten bytes: deflate, no flags, no time, an unknown system.
    private let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

    /// The CRC-32 of these digits is 0xCBF43926, the check value of all its implementations.
    @Test func aShortImageIsOneStoredBlock() throws {
        let digits = Array("123456789".utf8)
        let edited = try Edited(CompressedImage.self, [:], of: digits)
        #expect(
            edited.after
                == self.header + [1, 9, 0, 0xF6, 0xFF] + digits
                + [0x26, 0x39, 0xF4, 0xCB, 9, 0, 0, 0])
    }

    @Test func anEmptyImageIsAnEmptyBlock() throws {
        let edited = try Edited(CompressedImage.self, [:], of: [])
        #expect(
            edited.after
                == self.header + [1, 0, 0, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 8))
    }

    /// 65,535 and 65,535 and 3 bytes.
    @Test func aLongImageIsCutIntoBlocks() throws {
        let bytes = honestBytes(0..<131_073)
        let after = try Edited(CompressedImage.self, [:], of: bytes).after
        #expect(after.count == 10 + 15 + 131_073 + 8)
        #expect(Array(after[10..<15]) == [0, 0xFF, 0xFF, 0, 0])
        #expect(Array(after[15..<65_550]) == Array(bytes[..<65_535]))
        #expect(Array(after[65_550..<65_555]) == [0, 0xFF, 0xFF, 0, 0])
        #expect(Array(after[65_555..<131_090]) == Array(bytes[65_535..<131_070]))
        #expect(Array(after[131_090..<131_095]) == [1, 3, 0, 0xFC, 0xFF])
        #expect(Array(after[131_095..<131_098]) == Array(bytes[131_070...]))
        // ISIZE of RFC 1952: 131,073 is 0x20001.
        #expect(Array(after.suffix(4)) == [1, 0, 2, 0])
    }

    @Test(arguments: [65_535, 131_070])
    func aBlockThatIsFullMayBeTheLast(_ count: Int) throws {
        let after = try Edited(CompressedImage.self, [:], of: honestBytes(0..<count)).after
        #expect(after.count == 10 + 5 * (count / 65_535) + count + 8)
        #expect(after[10 + (count / 65_535 - 1) * 65_540] == 1)
    }

    /// The Adler-32 of these digits is 0x091E01DE.
    @Test func zlibHasAnotherHeaderAndSum() throws {
        let digits = Array("123456789".utf8)
        let block = [1, 9, 0, 0xF6, 0xFF] + digits
        let zlib = try Edited(CompressedImage.self, ["format": "zlib"], of: digits)
        #expect(zlib.after == [0x78, 0x01] + block + [0x09, 0x1E, 0x01, 0xDE])
        let bare = try Edited(CompressedImage.self, ["format": "deflate"], of: digits)
        #expect(bare.after == block)
    }

    @Test func anUnknownFormatIsRefused() {
        #expect(throws: KnobError.self) { try CompressedImage(["format": "zip"]) }
    }
}
