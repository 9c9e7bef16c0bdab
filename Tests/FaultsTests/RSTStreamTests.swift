import FaultKit
import Faults
import Testing

@Suite struct RSTStreamTests {
    @Test func theStreamEndsAtTheByte() throws {
        #expect(
            try FrameStream.played(RSTStream.self, ["code": "CANCEL", "at": "3"]).frames
                == FrameStream.with(4..<6, ["DATA 0 #1 a1a2a3", "RST_STREAM 0 #1 00000008"]))
        #expect(
            try FrameStream.played(RSTStream.self, ["at": "4", "stream": "2", "code": "0x10"])
                .frames
                == FrameStream.with(8..<9, ["RST_STREAM 0 #3 00000010"]))
        #expect(
            try FrameStream.played(RSTStream.self, [:]).frames
                == FrameStream.with(4..<6, ["RST_STREAM 0 #1 00000002"]))
    }

    @Test func aBodyThatIsShorterIsWhole() throws {
        let played = try FrameStream.played(RSTStream.self, ["at": "6"])
        #expect(played.frames == FrameStream.honest && played.strikes == 0)
    }

    @Test func wrongWordsAreSaid() {
        #expect(RSTStream.complaint(["code": "TIRED"])?.knob == "code")
        #expect(RSTStream.complaint(["stream": "0"])?.knob == "stream")
    }
}
