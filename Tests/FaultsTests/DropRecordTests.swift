import FaultKit
import Faults
import Testing

@Suite struct DropRecordTests {
    @Test func theNthIsMissing() throws {
        #expect(
            try TLSStream.bytes(DropRecord.self, ["record": "2"]) == TLSStream.with(7..<8, []))
    }

    @Test(arguments: [("any", 2), ("handshake", 2), ("data", 8)])
    func recordsAreCountedByTheirKind(kind: String, place: Int) throws {
        #expect(
            try TLSStream.bytes(DropRecord.self, ["record": "3", "of": kind])
                == TLSStream.with(place..<place + 1, []))
    }

    @Test func theyAreCountedFromOne() {
        #expect(DropRecord.complaint(["record": "0"])?.knob == "record")
    }
}
