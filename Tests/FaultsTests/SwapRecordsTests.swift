import FaultKit
import Faults
import Testing

@Suite struct SwapRecordsTests {
    @Test func theNthComesBehindTheNext() throws {
        #expect(
            try TLSStream.bytes(SwapRecords.self, ["record": "2"])
                == TLSStream.with(7..<9, [TLSStream.tls12[8], TLSStream.tls12[7]]))
    }

    @Test func nothingFollowsTheLast() throws {
        #expect(try TLSStream.bytes(SwapRecords.self, ["record": "5"]) == TLSStream.honest)
    }
}
