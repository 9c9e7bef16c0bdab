import FaultKit
import Faults
import Testing

@Suite struct EntryAddressTests {
    /// The entry address is 0x40080000, and stands at 4.
    @Test func changesTheEntryAddressOnly() throws {
        try EditedImage.expect(EntryAddress.self, [:], changes: [6: 0, 7: 0])
        try EditedImage.expect(
            EntryAddress.self, ["address": "0xdeadbeef"],
            changes: .bytes([0xEF, 0xBE, 0xAD, 0xDE], at: 4))
    }

    @Test func refusesWhatIsNoAddress() {
        for address in ["-1", "0x100000000", "start"] {
            #expect(EntryAddress.complaint(["address": address])?.knob == "address", "\(address)")
        }
    }
}
