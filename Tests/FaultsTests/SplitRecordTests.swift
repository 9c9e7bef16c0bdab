import FaultKit
import Faults
import Testing

@Suite struct SplitRecordTests {
    @Test func theNthIsMadeTwo() throws {
        #expect(
            try TLSStream.bytes(
                SplitRecord.self, ["record": "2", "of": "handshake", "at": "4"])
                == TLSStream.with(
                    1..<2, [TLSStream.record(22, [11, 0, 0, 2]), TLSStream.record(22, [1, 2])]))
    }

    @Test func oneThatIsNoLongerThanThePartStaysWhole() throws {
        #expect(
            try TLSStream.bytes(SplitRecord.self, ["record": "2", "of": "data", "at": "3"])
                == TLSStream.honest)
        #expect(SplitRecord.complaint(["at": "0"])?.knob == "at")
    }
}
