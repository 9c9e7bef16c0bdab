import FaultKit
import Faults
import Testing

@Suite struct InsertFrameTests {
    @Test func theyStandWhereTheyAreTold() throws {
        #expect(
            try FrameStream.played(
                InsertFrame.self, ["type": "6", "stream": "0", "payload": "00ff", "count": "2"]
            ).frames
                == FrameStream.with(3..<3, ["PING 0 #0 00ff", "PING 0 #0 00ff"]))
        #expect(
            try FrameStream.played(
                InsertFrame.self,
                ["of": "DATA", "only": "end", "place": "behind", "type": "0", "flags": "8"]
            ).frames == FrameStream.with(6..<6, ["DATA 8 #1"]))
        let some = try FrameStream.played(InsertFrame.self, ["type": "0xee", "size": "3"]).frames
        #expect(some[3].hasPrefix("238 0 #1 ") && some[3].count == "238 0 #1 aabbcc".count)
    }

    @Test func wrongWordsAreSaid() {
        #expect(InsertFrame.complaint([:])?.knob == "type")
        #expect(InsertFrame.complaint(["type": "1", "payload": "abc"])?.knob == "payload")
        #expect(InsertFrame.complaint(["type": "1", "count": "0"])?.knob == "count")
        #expect(InsertFrame.complaint(["type": "1", "size": "16385"])?.knob == "size")
        #expect(InsertFrame.complaint(["type": "1", "stream": "2147483648"])?.knob == "stream")
    }
}
