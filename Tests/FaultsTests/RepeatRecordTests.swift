import FaultKit
import Faults
import Testing

@Suite struct RepeatRecordTests {
    @Test func theNthIsThereTwice() throws {
        let record = TLSStream.tls12[7]
        #expect(
            try TLSStream.bytes(RepeatRecord.self, ["record": "2"])
                == TLSStream.with(7..<8, [record, record]))
    }
}
