import FaultKit
import Faults
import Testing

@Suite struct RecordHeaderTests {
    @Test func theHeaderSaysSomethingElse() throws {
        #expect(
            try TLSStream.bytes(RecordHeader.self, ["record": "1", "content-type": "99"])
                == TLSStream.with(6..<7, [TLSStream.record(99, [1, 1, 1])]))
        #expect(
            try TLSStream.bytes(RecordHeader.self, ["record": "1", "version": "0x0300"])
                == TLSStream.with(6..<7, [[23, 3, 0, 0, 3, 1, 1, 1]]))
    }

    @Test func oneOfThemIsSaid() {
        #expect(RecordHeader.complaint([:])?.knob == "content-type")
    }
}
