import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct FirstSegmentTests {
    /// Of 0x8fe0 bytes from 32 on, 128 stay; a header for the other 0x8f58, which go to
    /// 0x3f400020 + 136, stands at 160.
    private let split: [Int: UInt8] = [Int: UInt8].bytes([0x80, 0x00], at: 28)
        .merging([1: 6]) { $1 }
        .merging(.bytes([0xA8, 0x00, 0x40, 0x3F, 0x58, 0x8F, 0x00, 0x00], at: 160)) { $1 }

    @Test func splitsTheSegmentWhereItStands() throws {
        let edited = try EditedImage(FirstSegment.self, ["size": "128"])
        #expect(edited.after.count == 81_920)
        // A byte that was zero and is zero has not changed.
        #expect(edited.changes == self.split.filter { edited.before[$0.key] != $0.value })
        #expect(self.split.allSatisfy { edited.after[$0.key] == $0.value })
    }

    /// The eight bytes of the new header are data no longer.
    @Test func sealsWhatIsDataNow() throws {
        let edited = try EditedImage(FirstSegment.self, ["size": "128"])
        let checksum = edited.before[160..<168].reduce(edited.before[0x13FDF], ^)
        #expect(edited.after[0x13FDF] == checksum)
        #expect(
            Array(edited.after.suffix(32)) == SHA256.digest(of: Array(edited.after.dropLast(32))))
        let half = try EditedImage(FirstSegment.self, ["size": "128", "reseal": "checksum"])
        #expect(half.after[0x13FDF] == checksum)
        #expect(half.after.suffix(32) == half.before.suffix(32))
        let stale = try EditedImage(FirstSegment.self, ["size": "128", "reseal": "none"])
        #expect(stale.after.suffix(33) == stale.before.suffix(33))
    }

    @Test(arguments: [0, 4, 252, 256, 0x8FD8])
    func splitsAnywhereThatLeavesRoomForAHeader(_ size: Int) throws {
        let edited = try EditedImage(FirstSegment.self, ["size": "\(size)"])
        let segments = try AppImage(parsing: edited.after).segments
        #expect(
            segments.map(\.data.count) == [size, 0x8FD8 - size, 0x2000, 0x4000, 0x1000, 0x3FBC])
        #expect(segments[1].loadAddress == 0x3F40_0028 + UInt32(size))
    }

    /// The first growth that gives 0x9000 bytes is 64 KiB.
    @Test func growsByNoiseOfWholePages() throws {
        let edited = try EditedImage(FirstSegment.self, ["size": "0x9000".integer])
        #expect(edited.after.count == 81_920 + 65_536)
        #expect(edited.after[..<29] == edited.before[..<29])
        #expect(Array(edited.after[28..<32]) == [0xE0, 0x8F, 0x01, 0x00])
        #expect(edited.after[32..<0x9000] == edited.before[32..<0x9000])
        #expect(edited.after[0x19000..<0x23FDF] == edited.before[0x9000..<0x13FDF])
        let noise = Array(edited.after[0x9000..<0x19000])
        #expect(Set(noise).count == 256)
        #expect(edited.after[0x23FDF] == noise.reduce(edited.before[0x13FDF], ^))
        #expect(
            Array(edited.after.suffix(32)) == SHA256.digest(of: Array(edited.after.dropLast(32))))
        let other = try EditedImage(FirstSegment.self, ["size": "0x9000".integer], seed: 2)
        #expect(Array(other.after[0x9000..<0x19000]) != noise)
    }

    @Test func whatCannotBeIsTold() throws {
        for size in ["0x8fe0".integer, "0x8fdc".integer] {
            let complaint = EditedImage.complaint(FirstSegment.self, ["size": size])
            #expect(complaint?.contains("the first of 36832 bytes") == true)
        }
        #expect(
            EditedImage.complaint(FirstSegment.self, ["size": "16777212"])?.contains("16 MiB")
                == true)
        var recipe = AppImageRecipe(project: "lamp", version: "1", size: 81_920)
        recipe.segments = 16
        #expect(
            EditedImage.complaint(FirstSegment.self, ["size": "128"], of: try recipe.bytes())?
                .contains("has 16 segments") == true)
    }

    @Test func refusesWhatIsNoLengthOfASegment() {
        for size in ["3", "16MiB", "-4", "x"] {
            #expect(FirstSegment.complaint(["size": size])?.knob == "size", "\(size)")
        }
    }
}

extension String {
    /// A hexadecimal number as knobs for byte counts take it.
    fileprivate var integer: String { "\(Int(self.dropFirst(2), radix: 16) ?? -1)" }
}
