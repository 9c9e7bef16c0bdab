import FaultKit
import Faults
import Testing

@Suite struct DescriptorMagicTests {
    @Test func changesTheDescriptorsFirstWordOnly() throws {
        try EditedImage.expect(
            DescriptorMagic.self, [:], changes: .bytes([0, 0, 0, 0], at: 32))
        try EditedImage.expect(
            DescriptorMagic.self, ["word": "0xabcd5433"], changes: [32: 0x33])
    }

    @Test func refusesTheRightWord() {
        #expect(DescriptorMagic.complaint(["word": "0xABCD5432"])?.knob == "word")
        #expect(DescriptorMagic.complaint(["word": "0x1abcd5432"])?.knob == "word")
    }
}
