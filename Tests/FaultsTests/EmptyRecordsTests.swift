import FaultKit
import Faults
import Testing

@Suite struct EmptyRecordsTests {
    @Test func theyStandBeforeTheNth() throws {
        let empty = TLSStream.record(23, [])
        #expect(
            try TLSStream.bytes(EmptyRecords.self, ["record": "1", "count": "2"])
                == TLSStream.with(6..<6, [empty, empty]))
    }

    @Test func thereIsALimit() {
        #expect(EmptyRecords.complaint(["count": "10001"])?.knob == "count")
    }
}
