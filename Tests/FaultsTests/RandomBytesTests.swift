import FaultKit
import Faults
import Testing

@Suite struct RandomBytesTests {
    @Test func allFromAPlaceOnIsNoise() throws {
        let edited = try Edited(RandomBytes.self, ["from": "24"], of: Edited.largeApp)
        #expect(edited.after.count == 100_000)
        #expect(Array(edited.after[..<24]) == Array(Edited.largeApp[..<24]))
        // One of 256 is as it was, by chance.
        let same = 100_000 - 24 - edited.changes.count
        #expect((250...550).contains(same), "\(same) bytes are the honest ones")
        let counts = Dictionary(edited.after.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(counts.count == 256)
        #expect(counts.values.allSatisfy { (250...550).contains($0) })
    }

    @Test(arguments: 1...600 as ClosedRange<UInt64>)
    func theFirstByteIsNeverTheHonestOne(_ seed: UInt64) throws {
        #expect(try Edited(RandomBytes.self, [:], seed: seed).after[0] != 0xE9)
        let last = try Edited(RandomBytes.self, ["from": "-1"], seed: seed)
        #expect(Array(last.changes.keys) == [415])
    }

    @Test func theSeedPicksTheNoise() throws {
        let first = try Edited(RandomBytes.self, [:], seed: 1).after
        #expect(try Edited(RandomBytes.self, [:], seed: 1).after == first)
        #expect(try Edited(RandomBytes.self, [:], seed: 2).after != first)
    }

    @Test func aPlaceBehindTheEndIsRefused() throws {
        let text = try Edited.refusal(by: RandomBytes.self, ["from": "416"])
        #expect(text?.contains("is to begin at 416") == true)
        #expect(try Edited.refusal(by: RandomBytes.self, [:], of: []) != nil)
    }

    @Test func aHugeImageCostsNoMemory() throws {
        var (image, dice) = (
            Image(name: "f", source: Noise(seed: 1, count: 1 << 40)), Dice(seed: 1)
        )
        try RandomBytes([:]).edit(&image, using: &dice)
        #expect(image.count == 1 << 40)
    }
}
