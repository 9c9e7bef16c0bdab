import FaultKit
import Faults
import Testing

@Suite struct DropFrameTests {
    @Test func theChosenOnesAreMissing() throws {
        #expect(
            try FrameStream.played(DropFrame.self, ["of": "SETTINGS", "only": "ack"]).frames
                == FrameStream.with(1..<2, []))
        #expect(
            try FrameStream.played(DropFrame.self, ["frame": "2"]).frames
                == FrameStream.with(5..<6, []))
        #expect(
            try FrameStream.played(DropFrame.self, ["of": "any", "frame": "4", "times": "all"])
                .frames
                == FrameStream.with(3..<9, []))
        #expect(
            try FrameStream.played(DropFrame.self, ["only": "end", "times": "2"]).frames
                == FrameStream.with(5..<6, []).filter { $0 != "DATA 1 #3 a5a6" })
    }

    @Test func wrongChoicesAreSaid() {
        #expect(DropFrame.complaint(["frame": "0"])?.knob == "frame")
        #expect(DropFrame.complaint(["of": "RECORD"])?.knob == "of")
        #expect(DropFrame.complaint(["times": "0"])?.knob == "times")
    }
}
