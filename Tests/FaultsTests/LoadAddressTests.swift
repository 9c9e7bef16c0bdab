import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct LoadAddressTests {
    /// The first segment goes to 0x3f400020, which stands at 24.
    @Test func shiftsAMappedSegmentByFour() throws {
        try EditedImage.expect(LoadAddress.self, ["address": "misaligned"], changes: [24: 0x24])
        try EditedImage.expect(
            LoadAddress.self, ["address": "misaligned", "segment": "4"], changes: [0x10018: 0x24])
    }

    /// The first segment that is copied stands at 0x9000 and goes to 0x3ffb0000.
    @Test func sendsADataSegmentOutsideOfRAM() throws {
        try EditedImage.expect(
            LoadAddress.self, ["address": "outside-ram"],
            changes: [0x9002: 0x00, 0x9003: 0x20])
        // 0x40080000 on ESP32, at 0xb008.
        try EditedImage.expect(
            LoadAddress.self, ["address": "outside-ram", "segment": "2"],
            changes: [0xB00A: 0x00, 0xB00B: 0x20])
    }

    @Test(arguments: Chip.allCases)
    func noChipHasMemoryThere(_ chip: Chip) {
        #expect(chip.memory(at: 0x2000_0000) == nil)
    }

    /// Padding stands at 0xf010, so its data at 0xf018. DROM ends at 0x3f409000 and its last page at
    /// 0x3f410000 (on ESP32-C6 at 0x42210000).
    @Test func mapsPaddingAsASecondDROMSegment() throws {
        try EditedImage.expect(
            LoadAddress.self, ["address": "second-drom"],
            changes: .bytes([0x18, 0xF0, 0x41, 0x3F], at: 0xF010))
        try EditedImage.expect(
            LoadAddress.self, ["address": "second-drom"], of: EditedImage.honest(.esp32c6),
            changes: .bytes([0x18, 0xF0, 0x21, 0x42], at: 0xF010))
    }

    @Test func aNumberGoesToAnySegment() throws {
        try EditedImage.expect(
            LoadAddress.self, ["address": "0x3fffe000", "segment": "1"],
            changes: [0x9001: 0xE0, 0x9002: 0xFF])
        try EditedImage.expect(LoadAddress.self, ["address": "1061158976"], changes: [24: 0x40])
    }

    @Test func aSegmentOfAnotherKindIsTold() {
        func complaint(_ address: String, _ segment: String) -> String? {
            EditedImage.complaint(LoadAddress.self, ["address": address, "segment": segment])
        }
        #expect(
            complaint("misaligned", "1")?.contains("has no segment 1 that is mapped") == true)
        #expect(
            complaint("outside-ram", "0")?.contains("no segment 0 that is copied to RAM") == true)
        #expect(complaint("second-drom", "4")?.contains("no segment 4 that is padding") == true)
        #expect(complaint("misaligned", "5")?.contains("'app.bin' has 5 segments") == true)
    }

    @Test func anImageWithoutPaddingOrOfAnUnknownChipIsTold() throws {
        let small = try AppImageRecipe(project: "lamp", version: "1", size: 416).bytes()
        #expect(
            EditedImage.complaint(LoadAddress.self, ["address": "second-drom"], of: small)?
                .contains("has no segment that is padding") == true)
        var strange = EditedImage.honest
        strange[12] = 0x20
        #expect(
            EditedImage.complaint(LoadAddress.self, ["address": "misaligned"], of: strange)?
                .contains("whose memory is not known") == true)
    }

    /// ESP32-C2 has 4 MiB of DROM from 0x3c000000 on.
    @Test func constantsThatFillTheirMemoryLeaveNoRoom() throws {
        var image = try AppImage(parsing: EditedImage.honest(.esp32c2))
        image.segments[0].loadAddress = 0x3C3F_0020
        let complaint = EditedImage.complaint(
            LoadAddress.self, ["address": "second-drom"], of: image.bytes)
        #expect(
            complaint?.contains("has no room behind its constants") == true, "\(complaint ?? "")")
    }
}
