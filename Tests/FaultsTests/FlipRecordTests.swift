import FaultKit
import Faults
import Testing

@Suite struct FlipRecordTests {
    private let record = TLSStream.tls12[7]

    @Test func aBitOfTheNthIsTurnedOver() throws {
        #expect(
            try TLSStream.bytes(FlipRecord.self, ["record": "2"])
                == TLSStream.with(7..<8, [self.record.dropLast() + [2 ^ 1]]))
        #expect(
            try TLSStream.bytes(FlipRecord.self, ["record": "2", "at": "0", "mask": "0x80"])
                == TLSStream.with(7..<8, [Array(self.record[..<5]) + [0x82, 2, 2]]))
    }

    @Test(arguments: ["9", "-4"]) func aPlaceThatTheRecordDoesNotHaveIsNone(at: String) throws {
        #expect(
            try TLSStream.bytes(FlipRecord.self, ["record": "2", "at": at]) == TLSStream.honest)
    }
}
