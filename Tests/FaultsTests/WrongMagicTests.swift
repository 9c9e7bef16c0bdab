import FaultKit
import Faults
import Testing

@Suite struct WrongMagicTests {
    @Test func changesTheFirstByteOnly() throws {
        try EditedImage.expect(WrongMagic.self, [:], changes: [0: 0x00])
        try EditedImage.expect(WrongMagic.self, ["byte": "0xFF"], changes: [0: 0xFF])
        try EditedImage.expect(WrongMagic.self, ["byte": "60"], changes: [0: 60])
    }

    @Test func refusesTheRightByteAndWhatIsNone() {
        for byte in ["0xe9", "233", "256", "-1", "x"] {
            #expect(WrongMagic.complaint(["byte": "\(byte)"])?.knob == "byte", "\(byte)")
        }
    }
}
