import FaultKit
import NIOCore
import Testing

@testable import Faults

@Suite struct PaddingTests {
    @Test func paddingStandsBehindTheBody() throws {
        #expect(
            try FrameStream.played(Padding.self, ["bytes": "3"]).frames
                == FrameStream.with(4..<5, ["DATA 8 #1 03a1a2a3a4000000"]))
    }

    @Test func moreIsSaidThanThereIs() throws {
        #expect(
            try FrameStream.played(Padding.self, ["bytes": "0", "said": "255", "frame": "2"]).frames
                == FrameStream.with(5..<6, ["DATA 9 #1 ff"]))
    }

    /// A frame that is full already has no room for padding.
    @Test func whatHasNoRoomGoesIntoAFrameOfItsOwn() throws {
        let full = Frame(.data, flags: 1, stream: 1, payload: [UInt8](repeating: 7, count: 16_384))
        let played = try TLSStream.played(
            Padding.self, ["bytes": "3"], [Array(full.bytes.readableBytesView)])
        let frames = played.bytes.split(separator: 7).map(Array.init)
        #expect(played.bytes.count == 9 + 16_384 + 9 + 4)
        #expect(
            frames == [[0, 0x40, 0, 0, 8, 0, 0, 0, 1, 3], [0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0, 1]])
    }

    @Test func wrongNumbersAreSaid() {
        #expect(Padding.complaint(["bytes": "256"])?.knob == "bytes")
        #expect(Padding.complaint(["said": "256"])?.knob == "said")
    }
}
