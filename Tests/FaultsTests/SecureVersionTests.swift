import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct SecureVersionTests {
    @Test func changesTheSecureVersionOnly() throws {
        try EditedImage.expect(SecureVersion.self, ["version": "33"], changes: [36: 33])
        try EditedImage.expect(
            SecureVersion.self, ["version": "0xfffefdfc"],
            changes: .bytes([0xFC, 0xFD, 0xFE, 0xFF], at: 36))
    }

    @Test func lowersIt() throws {
        let image = try AppImageRecipe(
            project: "lamp", version: "2.0.0", secureVersion: 7, size: 81_920
        ).bytes()
        try EditedImage.expect(SecureVersion.self, ["version": "0"], of: image, changes: [36: 0])
    }

    @Test func needsAVersion() {
        #expect(SecureVersion.complaint([:])?.knob == "version")
        #expect(SecureVersion.complaint(["version": "1.0.0"])?.knob == "version")
    }
}
