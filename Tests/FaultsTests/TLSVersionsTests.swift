import FaultKit
import Faults
import Testing

@Suite struct TLSVersionsTests {
    private func versions(
        _ knobs: KeyValuePairs<String, String>
    ) throws -> ClosedRange<TLSVersion> { EditedHandshake.by(try TLSVersions(knobs)).versions }

    @Test func areThoseBetween() throws {
        #expect(try self.versions(["min": "1.3"]) == .tls1_3 ... .tls1_3)
        #expect(try self.versions(["max": "1.1"]) == .tls1_1 ... .tls1_1)
        #expect(try self.versions(["min": "1.0", "max": "1.2"]) == .tls1_0 ... .tls1_2)
        #expect(EditedHandshake.by(try TLSVersions(["max": "1.1"])).isWeak)
    }

    @Test func theOldestIsNoNewerThanTheNewest() {
        #expect(TLSVersions.complaint(["min": "1.3", "max": "1.2"])?.knob == "min")
        #expect(TLSVersions.complaint(["max": "2.0"])?.knob == "max")
    }
}
