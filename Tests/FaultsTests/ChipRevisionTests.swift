import FaultKit
import Faults
import Testing

@Suite struct ChipRevisionTests {
    /// 9900 is 0x26ac, 301 is 0x012d.
    @Test func changesTheLimitsThatItIsToldTo() throws {
        try EditedImage.expect(
            ChipRevision.self, ["min": "99.0"], changes: .bytes([0xAC, 0x26], at: 15))
        try EditedImage.expect(
            ChipRevision.self, ["max": "0.1"], changes: .bytes([0x01, 0x00], at: 17))
        try EditedImage.expect(
            ChipRevision.self, ["min": "301", "max": "3.99"],
            changes: .bytes([0x2D, 0x01, 0x8F, 0x01], at: 15))
        try EditedImage.expect(
            ChipRevision.self, ["min": "655.34"], changes: .bytes([0xFE, 0xFF], at: 15))
    }

    @Test func whatTheImageSaysAlreadyIsNoFault() throws {
        let both = EditedImage.complaint(ChipRevision.self, ["min": "0", "max": "65535"])
        #expect(both?.contains("header.min_chip_rev_full is 0") == true)
        #expect(both?.contains("header.max_chip_rev_full is 65535") == true)
        try EditedImage.expect(
            ChipRevision.self, ["min": "0", "max": "1.0"], changes: [17: 0x64, 18: 0x00])
    }

    @Test func needsOneOfItsLimits() {
        #expect(ChipRevision.complaint([:])?.knob == "min")
        for revision in ["", "65536", "3.100", "3.1.0", "655.36", "v3", "-1", "."] {
            #expect(ChipRevision.complaint(["max": revision])?.knob == "max", "\(revision)")
        }
    }
}
