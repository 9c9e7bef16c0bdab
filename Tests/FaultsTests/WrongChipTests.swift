import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct WrongChipTests {
    @Test func changesTheChipIDOnly() throws {
        try EditedImage.expect(WrongChip.self, ["chip": "esp32c3"], changes: [12: 0x05])
        try EditedImage.expect(WrongChip.self, ["chip": "esp32s31"], changes: [12: 0x20])
        try EditedImage.expect(
            WrongChip.self, ["chip": "0xfffe"], changes: [12: 0xFE, 13: 0xFF])
    }

    @Test func takesAnotherChipThanTheImages() throws {
        try EditedImage.expect(WrongChip.self, [:], changes: [12: 0x09])
        try EditedImage.expect(
            WrongChip.self, [:], of: EditedImage.honest(.esp32s3), changes: [12: 0x00])
        try EditedImage.expect(
            WrongChip.self, [:], of: EditedImage.honest(.esp32c6), changes: [12: 0x09])
    }

    @Test func theImagesOwnChipIsNoFault() {
        let complaint = EditedImage.complaint(WrongChip.self, ["chip": "esp32"])
        #expect(complaint?.contains("(header.chip_id is esp32)") == true)
    }

    @Test func refusesAChipThatIsNone() {
        #expect(WrongChip.complaint(["chip": "esp8266"])?.description.contains("esp32c3") == true)
        #expect(WrongChip.complaint(["chip": "65536"])?.knob == "chip")
    }
}
