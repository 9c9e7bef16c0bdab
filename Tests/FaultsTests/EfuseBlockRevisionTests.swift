import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct EfuseBlockRevisionTests {
    /// 9900 is 0x26ac, 103 is 0x67.
    @Test func changesTheLimitsThatItIsToldTo() throws {
        let image = try EditedImage.honest(.esp32c6)
        try EditedImage.expect(
            EfuseBlockRevision.self, ["min": "99.0"], of: image,
            changes: .bytes([0xAC, 0x26], at: 208))
        try EditedImage.expect(
            EfuseBlockRevision.self, ["min": "1.3", "max": "104"], of: image,
            changes: [208: 0x67, 210: 0x68])
        try EditedImage.expect(
            EfuseBlockRevision.self, ["max": "0.1"], of: image, changes: [210: 0x01])
    }

    @Test func needsOneOfItsLimits() {
        #expect(EfuseBlockRevision.complaint([:])?.knob == "min")
        #expect(EfuseBlockRevision.complaint(["min": "1.x"])?.knob == "min")
    }
}
