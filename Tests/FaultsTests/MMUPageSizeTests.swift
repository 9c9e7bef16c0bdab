import FaultKit
import Faults
import Testing

@Suite struct MMUPageSizeTests {
    /// What stands in the descriptor is the exponent of two.
    @Test(arguments: [("8KiB", 13), ("32768", 15), ("64KiB", 16)])
    func changesItsByteOfTheDescriptorOnly(_ size: String, _ value: UInt8) throws {
        try EditedImage.expect(MMUPageSize.self, ["size": size], changes: [212: value])
    }

    @Test func says16KiBIfItIsNotTold() throws {
        try EditedImage.expect(MMUPageSize.self, [:], changes: [212: 14])
    }

    @Test func refusesWhatIsNoPowerOfTwo() {
        for size in ["0", "1", "24KiB", "x"] {
            #expect(MMUPageSize.complaint(["size": size])?.knob == "size", "\(size)")
        }
    }
}
