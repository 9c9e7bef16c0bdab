import FaultKit
import Faults
import Testing

@Suite struct OversizedRecordTests {
    /// Chunks that each begin with the type of application data, 23, as the bytes of a stream are their
    /// places modulo 251.
    private func played(_ knobs: KeyValuePairs<String, String>) throws -> Playback {
        try Playback(OversizedRecord.self, knobs, [23..<23 + 251 * 4], cut: 251)
    }

    @Test func theNthRecordSaysAnotherLength() throws {
        let playback = try self.played(["record": "2", "length": "20480"])
        let second = 251
        #expect(Array(playback.bytes[second..<second + 6]) == [23, 24, 25, 0x50, 0x00, 28])
        #expect(playback.strikes.map(\.offset) == [23 + 251 + 3])
        #expect(playback.bytes.count == 251 * 4 && playback.ending == .clean)
    }

    @Test func recordsOfTheHandshakeDoNotCount() throws {
        let playback = try Playback(
            OversizedRecord.self, ["record": "1"], [22..<22 + 251 * 2], cut: 251)
        #expect(playback.strikes.isEmpty)
    }

    @Test func aLengthIsBeyondWhatTLSAllows() {
        #expect(OversizedRecord.complaint(["length": "16640"])?.knob == "length")
        #expect(OversizedRecord.complaint(["record": "0"])?.knob == "record")
    }
}
