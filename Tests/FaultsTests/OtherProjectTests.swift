import FaultKit
import Faults
import Testing

@Suite struct OtherProjectTests {
    @Test func changesTheProjectOnly() throws {
        try EditedImage.expect(
            OtherProject.self, [:], changes: .bytes(Array("other-project".utf8), at: 80))
        // "lamp" becomes "damp", then "tv" and zeros.
        try EditedImage.expect(OtherProject.self, ["name": "damp"], changes: [80: 0x64])
        try EditedImage.expect(
            OtherProject.self, ["name": "tv"], changes: .bytes([0x74, 0x76, 0, 0], at: 80))
    }

    @Test func refusesALongName() {
        let long = String(repeating: "ä", count: 16)
        #expect(OtherProject.complaint(["name": long])?.knob == "name")
    }
}
