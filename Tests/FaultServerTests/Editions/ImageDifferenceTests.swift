import FaultKit
import Testing

@testable import FaultServer

@Suite struct ImageDifferenceTests {
    private let honest = Image(name: "f.bin", bytes: [UInt8](repeating: 7, count: 200_000))

    private func told(_ edit: (inout Image) throws -> Void) rethrows -> String {
        var image = self.honest
        try edit(&image)
        return ImageDifference(from: self.honest, to: image).description
    }

    @Test func tellsWhichBytesAreOtherOnes() throws {
        let one = self.told { $0.replace(70_000..<70_003, with: [7, 8, 7]) }
        #expect(one == "200,000 bytes, 1 byte changed, at offset 70,001")
        let far = self.told {
            $0.replace(12..<14, with: [9, 9])
            $0.replace(199_999..<200_000, with: [0])
        }
        #expect(far == "200,000 bytes, 3 bytes changed, from offset 12 to 199,999")
        #expect(self.told { $0.replace(0..<1, with: [7]) } == "200,000 bytes, no byte changed")
    }

    @Test func tellsBothLengths() {
        let cut = self.told { $0.replace(600..<200_000, with: []) }
        #expect(cut == "200,000 → 600 bytes")
    }

    @Test func tellsWhatTheFaultSaysOfThisEditAlone() {
        var before = self.honest
        before.note("header.magic 0xe9 → 0x00")
        var after = before
        after.replace(12..<13, with: [9])
        after.note("header.chip_id esp32 → esp32s3")
        #expect(
            ImageDifference(from: before, to: after).description
                == "200,000 bytes, header.chip_id esp32 → esp32s3, 1 byte changed, at offset 12")
    }
}
