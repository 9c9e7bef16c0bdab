import FaultKit
import Faults
import Testing

@Suite struct GoawayTests {
    @Test func itIsSaidAndTheConnectionGoesOnOrEnds() throws {
        let goesOn = try FrameStream.played(Goaway.self, [:])
        #expect(goesOn.frames == FrameStream.with(3..<3, ["GOAWAY 0 #0 7fffffff00000000"]))
        #expect(goesOn.ending == .clean)
        let ended = try FrameStream.played(
            Goaway.self,
            [
                "of": "DATA", "frame": "2", "code": "ENHANCE_YOUR_CALM", "last-stream": "1",
                "then": "hang",
            ])
        #expect(ended.frames == FrameStream.with(5..<9, ["GOAWAY 0 #0 000000010000000b"]))
        #expect(ended.ending == .hang)
    }

    @Test func wrongWordsAreSaid() {
        #expect(Goaway.complaint(["last-stream": "2147483648"])?.knob == "last-stream")
        #expect(Goaway.complaint(["then": "lingers"])?.knob == "then")
    }
}
