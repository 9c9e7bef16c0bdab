import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct OversizeTests {
    @Test func bytesOfErasedFlashStandBehindTheImage() throws {
        let edited = try Edited(Oversize.self, ["size": "420"])
        #expect(edited.after == Edited.app + [0xFF, 0xFF, 0xFF, 0xFF])
    }

    @Test func aPaddingSegmentMakesTheImageLonger() throws {
        let edited = try Edited(Oversize.self, ["size": "512", "how": "segment"])
        // 380 + 8 of header + 88 of data + 3 zeros + the checksum + 32 of SHA-256.
        #expect(edited.after.count == 512)
        #expect(edited.changes.keys.filter { $0 < 380 } == [1])
        #expect(edited.after[1] == 4)
        #expect(Array(edited.after[380..<388]) == [0, 0, 0, 0, 88, 0, 0, 0])
        #expect(Array(edited.after[388..<476]) == [UInt8](repeating: 0xFF, count: 88))
        #expect(Array(edited.after[476..<479]) == [0, 0, 0])
        #expect(Edited.parity(edited.after, Edited.data + [388..<476]) == edited.after[479])
        #expect(SHA256.digest(of: Array(edited.after[..<480])) == Array(edited.after[480...]))
    }

    @Test(arguments: [(497, 512), (511, 512), (513, 528), (1 << 20, 1 << 20)])
    func theLengthIsRoundedUp(_ size: Int, _ count: Int) throws {
        let edited = try Edited(Oversize.self, ["size": "\(size)", "how": "segment"])
        #expect(edited.after.count == count)
        #expect(try AppImageInspection(of: edited.after).firstFlaw == nil)
    }

    @Test func anImageWithoutADigestGetsNone() throws {
        let bare = try Edited(HashAppended.self, [:]).after
        let edited = try Edited(Oversize.self, ["size": "480", "how": "segment"], of: bare)
        #expect(edited.after.count == 480)
        #expect(Edited.parity(edited.after, Edited.data + [388..<476]) == edited.after[479])
    }

    @Test func whatStoodBehindTheImageIsGone() throws {
        let signed = Edited.app + [UInt8](repeating: 0xE7, count: 8192)
        let plain = try Edited(Oversize.self, ["size": "12KiB", "how": "segment"])
        let edited = try Edited(Oversize.self, ["size": "12KiB", "how": "segment"], of: signed)
        #expect(edited.after == plain.after)
    }

    /// 17 MiB are more than one segment holds.
    @Test func aVeryLongImageHasSeveralPaddingSegments() throws {
        var (image, dice) = (Image(name: "app.bin", bytes: Edited.app), Dice(seed: 1))
        try Oversize(["size": "17MiB", "how": "segment"]).edit(&image, using: &dice)
        #expect(image.count == 17 << 20)
        var place = 380
        var lengths: [Int] = []
        for _ in 0..<2 {
            let header = try image.bytes(in: place..<place + 8)
            let length = header[4...].reversed().reduce(0) { $0 << 8 | Int($1) }
            lengths.append(length)
            place += 8 + length
        }
        #expect(lengths.allSatisfy { $0 < 16 << 20 && $0 % 4 == 0 && $0 > 8 << 20 }, "\(lengths)")
        #expect(place == 17 << 20 - 36)
        #expect(try image.bytes(in: 1..<2) == [5])
    }

    @Test func aLengthThatCannotBeReachedIsRefused() throws {
        for knobs: KeyValuePairs in [
            ["size": "416"], ["size": "416", "how": "segment"],
            // There may be 16 segments in all, each under 16 MiB.
            ["size": "1GiB", "how": "segment"], ["size": "1", "how": "segment"],
        ] {
            let text = try Edited.refusal(by: Oversize.self, knobs)
            #expect(text?.contains("has 416 bytes and cannot be made") == true)
        }
        #expect(
            try Edited.refusal(
                by: Oversize.self, ["size": "9000", "how": "segment"], of: honestBytes(1..<5000))
                != nil)
    }

    @Test func sizesAreBetweenOneByteAndAGibibyte() {
        #expect(Oversize.complaint([:])?.knob == "size")
        #expect(Oversize.complaint(["size": "0"])?.knob == "size")
        #expect(Oversize.complaint(["size": "1073741825"])?.knob == "size")
    }

    @Test func trailingBytesCostNoMemory() throws {
        var (image, dice) = (Image(name: "f", source: Unreadable(count: 416)), Dice(seed: 1))
        try Oversize(["size": "1GiB"]).edit(&image, using: &dice)
        #expect(image.count == 1 << 30)
        #expect(try image.bytes(in: 416..<418) == [0xFF, 0xFF])
    }
}
