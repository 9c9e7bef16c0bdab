import FaultKit
import Faults
import Testing

@Suite struct FrameHeaderTests {
    @Test func eachFieldOfTheHeaderIsSaidAnew() throws {
        #expect(
            try FrameStream.played(FrameHeader.self, ["type": "0xfe", "stream": "7"]).frames
                == FrameStream.with(4..<5, ["254 0 #7 a1a2a3a4"]))
        #expect(
            try FrameStream.played(FrameHeader.self, ["only": "end", "clear": "1", "times": "all"])
                .frames
                == FrameStream.honest.map { $0 == "DATA 1 #1 a5a6" ? "DATA 0 #1 a5a6" : $0 }
                .map { $0 == "DATA 1 #3 a5a6" ? "DATA 0 #3 a5a6" : $0 })
        #expect(
            try FrameStream.played(FrameHeader.self, ["of": "headers", "set": "0x21"]).frames
                == FrameStream.with(3..<4, ["HEADERS 37 #1 88"]))
        // Two bytes less: what is left is no frame any more.
        let short = try FrameStream.played(FrameHeader.self, ["frame": "4", "length": "1"]).frames
        #expect(short == FrameStream.with(8..<9, ["DATA 1 #3 a5"]))
    }

    @Test func wrongNumbersAreSaid() {
        #expect(FrameHeader.complaint(["stream": "2147483648"])?.knob == "stream")
        #expect(FrameHeader.complaint(["length": "16777216"])?.knob == "length")
        #expect(FrameHeader.complaint([:])?.knob == "type")
    }
}
