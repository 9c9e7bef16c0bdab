import FaultKit
import Faults
import Testing

@Suite struct InjectAlertTests {
    @Test func itStandsBeforeTheNth() throws {
        #expect(
            try TLSStream.bytes(InjectAlert.self, ["record": "1"])
                == TLSStream.with(6..<6, [TLSStream.record(21, [2, 80])]))
        #expect(
            try TLSStream.bytes(
                InjectAlert.self, ["record": "1", "number": "90", "level": "warning"])
                == TLSStream.with(6..<6, [TLSStream.record(21, [1, 90])]))
    }

    @Test func aNumberIsAByte() {
        #expect(InjectAlert.complaint(["number": "256"])?.knob == "number")
    }
}
