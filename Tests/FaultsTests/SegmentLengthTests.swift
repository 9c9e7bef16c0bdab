import FaultKit
import Faults
import Testing

@Suite struct SegmentLengthTests {
    /// The first segment has 0x8fe0 bytes, which stands at 28: e0 8f 00 00.
    @Test func changesTheLengthOfTheFirstSegment() throws {
        try EditedImage.expect(
            SegmentLength.self, ["length": "unaligned"], changes: [28: 0xE1])
        try EditedImage.expect(
            SegmentLength.self, ["length": "huge"], changes: [28: 0, 29: 0, 30: 0xF0])
        try EditedImage.expect(
            SegmentLength.self, ["length": "wrap"],
            changes: .bytes([0xFC, 0xFF, 0xFF, 0xFF], at: 28))
        try EditedImage.expect(
            SegmentLength.self, ["length": "0x1000003"],
            changes: .bytes([0x03, 0x00], at: 28).merging([31: 0x01]) { $1 })
    }

    /// Behind 32 there are 81,888 bytes, 0x13fe0; 4 more are 0x13fe4.
    @Test func leadsFourBytesBehindTheFile() throws {
        try EditedImage.expect(
            SegmentLength.self, ["length": "past-end"], changes: .bytes([0xE4, 0x3F, 0x01], at: 28))
    }

    /// The header of the last stands at 0x10018; behind its own 8 bytes there are 0x3fe0 and some.
    @Test func leadsBehindAFileOfAnyLength() throws {
        let honest = EditedImage.honest
        for trailing in 0..<4 {
            let edited = try EditedImage(
                SegmentLength.self, ["length": "past-end", "segment": "4"],
                of: honest + [UInt8](repeating: 7, count: trailing))
            #expect(edited.changes == [0x1001C: 0xE4], "\(trailing)")
        }
    }

    /// That of segment 2, 0x4000, stands at 0xb00c.
    @Test func changesTheLengthOfAnotherSegment() throws {
        try EditedImage.expect(
            SegmentLength.self, ["length": "unaligned", "segment": "2"], changes: [0xB00C: 0x01])
    }

    @Test func aSegmentThatIsNotThereIsTold() {
        let complaint = EditedImage.complaint(
            SegmentLength.self, ["length": "huge", "segment": "5"])
        #expect(complaint?.contains("'app.bin' has 5 segments") == true)
        let same = EditedImage.complaint(SegmentLength.self, ["length": "0x8fe0"])
        #expect(same?.contains("already") == true)
    }

    @Test func refusesWhatIsNoLengthOrSegment() {
        #expect(SegmentLength.complaint([:])?.knob == "length")
        #expect(SegmentLength.complaint(["length": "4294967296"])?.knob == "length")
        for segment in ["16", "-1", "x"] {
            let complaint = SegmentLength.complaint(["length": "huge", "segment": segment])
            #expect(complaint?.knob == "segment", "\(segment)")
        }
    }
}
