import FaultKit
import Faults
import Testing

@Suite struct DamageSectorTests {
    /// No two sectors are alike; the last has 1696 bytes.
    private let bytes = Edited.largeApp

    private func damaged(_ knobs: KeyValuePairs<String, String>) throws -> [UInt8] {
        try Edited(DamageSector.self, knobs, of: self.bytes).after
    }

    private func part(_ range: Range<Int>) -> [UInt8] { Array(self.bytes[range]) }

    private func run(_ byte: UInt8, _ count: Int = 4096) -> [UInt8] {
        [UInt8](repeating: byte, count: count)
    }

    @Test func aSectorIsErased() throws {
        #expect(
            try self.damaged(["how": "erase", "sector": "3"])
                == self.part(0..<12_288) + self.run(0xFF) + self.part(16_384..<100_000))
    }

    @Test func aSectorIsZeroedUpToTheEndOfTheImage() throws {
        #expect(
            try self.damaged(["how": "zero", "at": "-1"])
                == self.part(0..<98_304) + self.run(0, 1696))
    }

    @Test func aSectorChangesPlacesWithTheNext() throws {
        #expect(
            try self.damaged(["how": "swap", "at": "20000"])
                == self.part(0..<16_384) + self.part(20_480..<24_576) + self.part(16_384..<20_480)
                + self.part(24_576..<100_000))
    }

    @Test func aSectorStandsTwice() throws {
        #expect(
            try self.damaged(["how": "duplicate", "sector": "0"])
                == self.part(0..<4096) + self.part(0..<4096) + self.part(8192..<100_000))
    }

    @Test func aSectorIsDropped() throws {
        // Half of 100,000 lies in the twelfth.
        #expect(
            try self.damaged(["how": "drop"])
                == self.part(0..<49_152) + self.part(53_248..<100_000))
        #expect(try self.damaged(["how": "drop", "sector": "24"]) == self.part(0..<98_304))
    }

    @Test func aSectorThatIsNotThereIsRefused() throws {
        for knobs: KeyValuePairs in [
            ["how": "erase", "sector": "25"], ["how": "swap", "sector": "23"],
            ["how": "duplicate", "sector": "24"], ["how": "swap", "at": "9223372036854775kB"],
        ] {
            let text = try Edited.refusal(by: DamageSector.self, knobs, of: self.bytes)
            #expect(text?.contains("has 100000 bytes, too few") == true)
        }
    }

    @Test func damageThatChangesNothingIsRefused() throws {
        let blank = self.run(0xFF, 16_384)
        for how in ["erase", "swap", "duplicate"] {
            let text = try Edited.refusal(by: DamageSector.self, ["how": how], of: blank)
            #expect(text?.contains("the same bytes at 8192") == true)
        }
        #expect(try Edited(DamageSector.self, ["how": "zero"], of: blank).changes.count == 4096)
    }

    @Test func knobsThatContradictEachOtherAreRefused() {
        #expect(DamageSector.complaint(["sector": "1"])?.knob == "how")
        #expect(DamageSector.complaint(["how": "swap", "sector": "1", "at": "1"])?.knob == "at")
        #expect(DamageSector.complaint(["how": "swap", "sector": "-1"])?.knob == "sector")
        #expect(DamageSector.complaint(["how": "swap", "sector": "1048576"])?.knob == "sector")
    }

    @Test func aHugeImageIsNotRead() throws {
        for how in ["erase", "swap", "drop"] {
            var image = Image(name: "f", source: Noise(seed: 1, count: 1 << 40))
            var dice = Dice(seed: 1)
            try DamageSector(["how": how]).edit(&image, using: &dice)
            #expect(image.count == 1 << 40 - (how == "drop" ? 4096 : 0))
        }
    }
}
