import FaultKit
import Faults
import Testing

@Suite struct SettingsTests {
    @Test func theyAreAddedToThoseOfTheServer() throws {
        #expect(
            try FrameStream.played(
                Settings.self,
                ["max-streams": "0", "initial-window": "0x80000000", "unknown": "0xff00"]
            ).frames
                == FrameStream.with(
                    0..<1, ["SETTINGS 0 #0 000300000064000300000000000480000000ff0000000001"]))
        #expect(
            try FrameStream.played(Settings.self, ["times": "3"]).frames
                == FrameStream.with(
                    0..<1, [String](repeating: "SETTINGS 0 #0 000300000064", count: 3)))
    }

    @Test func wrongWordsAreSaid() {
        #expect(Settings.complaint([:])?.knob == "max-streams")
        #expect(Settings.complaint(["times": "0"])?.knob == "times")
        #expect(Settings.complaint(["max-frame-size": "-1"])?.knob == "max-frame-size")
    }
}
