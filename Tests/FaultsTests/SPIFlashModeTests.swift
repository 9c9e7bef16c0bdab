import FaultKit
import Faults
import Testing

@Suite struct SPIFlashModeTests {
    @Test(arguments: [("qio", 1), ("qout", 2), ("dio", 3), ("DOUT", 4), ("200", 200)])
    func changesItsByteOfTheDescriptorOnly(_ mode: String, _ value: UInt8) throws {
        try EditedImage.expect(SPIFlashMode.self, ["mode": mode], changes: [213: value])
    }

    @Test func saysQIOIfItIsNotTold() throws {
        try EditedImage.expect(SPIFlashMode.self, [:], changes: [213: 1])
    }

    @Test func refusesAModeThatIsNone() {
        #expect(SPIFlashMode.complaint(["mode": "256"])?.knob == "mode")
        #expect(
            EditedImage.complaint(SPIFlashMode.self, ["mode": "0"])?.contains("already") == true)
    }
}
