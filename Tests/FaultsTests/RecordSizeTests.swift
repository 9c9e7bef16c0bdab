import FaultKit
import Faults
import Testing

@Suite struct RecordSizeTests {
    @Test func itHasLimits() throws {
        #expect(EditedHandshake.by(try RecordSize([:])).recordSize == 1024)
        #expect(RecordSize.complaint(["bytes": "16385"])?.knob == "bytes")
        #expect(RecordSize.complaint(["bytes": "0"])?.knob == "bytes")
    }
}
