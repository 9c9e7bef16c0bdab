import FaultKit
import Faults
import Testing

@Suite struct OtherFlashSettingsTests {
    /// The honest image says DIO at 2 and, at 3, speed 0 below size 2.
    @Test func changesWhatItIsToldTo() throws {
        try EditedImage.expect(
            OtherFlashSettings.self, ["mode": "qio", "size": "7"], changes: [2: 0, 3: 0x70])
        try EditedImage.expect(OtherFlashSettings.self, ["speed": "15"], changes: [3: 0x2F])
        try EditedImage.expect(
            OtherFlashSettings.self, ["mode": "slow_read", "speed": "1", "size": "0"],
            changes: [2: 5, 3: 0x01])
        try EditedImage.expect(OtherFlashSettings.self, ["mode": "0xff"], changes: [2: 0xFF])
    }

    @Test func needsOneOfItsKnobs() {
        #expect(OtherFlashSettings.complaint([:])?.knob == "mode")
        #expect(OtherFlashSettings.complaint(["speed": "16"])?.knob == "speed")
        #expect(OtherFlashSettings.complaint(["size": "4MB"])?.knob == "size")
    }
}
