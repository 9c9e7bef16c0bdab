import FaultKit
import Faults
import Testing

@Suite struct ContinuationFloodTests {
    @Test func theHeadGoesOnAndEnds() throws {
        #expect(
            try FrameStream.played(ContinuationFlood.self, ["count": "2", "size": "8"]).frames
                == FrameStream.with(
                    3..<4,
                    [
                        "HEADERS 0 #1 88", "CONTINUATION 0 #1 000178027979",
                        "CONTINUATION 4 #1 000178027979",
                    ]))
    }

    @Test func theHeadNeverEnds() throws {
        let frames = try FrameStream.played(ContinuationFlood.self, ["count": "1", "ends": "no"])
            .frames
        #expect(frames == FrameStream.with(3..<6, ["HEADERS 0 #1 88", "CONTINUATION 0 #1"]))
    }

    @Test func aLongValueHasALongLength() throws {
        let frames = try FrameStream.played(ContinuationFlood.self, ["count": "1", "size": "706"])
            .frames
        // 700 - 127 = 573 = 4 * 128 + 61 (RFC 7541 §5.1).
        #expect(frames[4].hasPrefix("CONTINUATION 4 #1 0001787fbd04797979"))
    }

    @Test func wrongNumbersAreSaid() {
        #expect(ContinuationFlood.complaint(["count": "0"])?.knob == "count")
        #expect(ContinuationFlood.complaint(["size": "16001"])?.knob == "size")
        #expect(ContinuationFlood.complaint(["size": "1000", "count": "100000"])?.knob == "count")
    }
}
