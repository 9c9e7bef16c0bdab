import FaultKit
import Testing

@Suite struct ImageTests {
    /// Says that it would have to wait, unless it may.
    private struct Slow: ByteSource {
        let count = 10
        let fingerprint: UInt64 = 10
        func read(
            into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
        ) throws -> Bool {
            guard waiting else { return false }
            if offset + buffer.count > 8 { throw ImageError("the disk ends at 8") }
            for index in buffer.indices { buffer[index] = UInt8(offset + index) }
            return true
        }
    }

    private func bytes(_ count: Int, _ dice: inout Dice) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func readsAsAPlainArrayDoesWhateverIsEdited(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var model = self.bytes(dice.roll(0..<300), &dice)
        var image = Image(name: "model", bytes: model)
        for _ in 0..<200 {
            let start = dice.roll(0..<model.count + 1)
            let range = start..<min(model.count, start + dice.roll(0..<20))
            let new = self.bytes(dice.roll(0..<20), &dice)
            model.replaceSubrange(range, with: new)
            image.replace(range, with: new)
            if !model.isEmpty {
                let place = dice.roll(0..<model.count)
                model[place] ^= 0x5A
                try image.edit(at: place) { $0 ^ 0x5A }
            }
            let from = dice.roll(0..<model.count + 1)
            let read = from..<dice.roll(from..<model.count + 1)
            #expect(try image.bytes(in: read) == Array(model[read]))
            #expect(image.count == model.count && image.isEmpty == model.isEmpty)
        }
        #expect(try image.bytes(in: 0..<image.count) == model)
    }

    @Test func anEditChangesTheTagAndTheSameEditsTheSameWay() {
        let honest = Image(name: "f", bytes: Array(0..<100))
        var (first, second, third) = (honest, honest, honest)
        first.replace(5..<6, with: [9])
        second.replace(5..<6, with: [9])
        third.replace(6..<7, with: [9])
        #expect(honest.edits == 0)
        #expect(first.edits == second.edits)
        #expect(Set([honest.edits, first.edits, third.edits]).count == 3)
    }

    @Test func aCopyKeepsItsBytes() throws {
        let honest = Image(name: "f", bytes: [1, 2, 3])
        var edited = honest
        edited.replace(0..<3, with: [])
        #expect(edited.isEmpty)
        edited.replace(0..<0, with: [7])
        #expect(try edited.bytes(in: 0..<1) == [7])
        #expect(try honest.bytes(in: 0..<3) == [1, 2, 3])
    }

    @Test func saysWhenADiskWouldHaveToBeWaitedFor() throws {
        var image = Image(name: "slow", source: Slow())
        image.replace(0..<2, with: [0xAA, 0xBB])
        var buffer = [UInt8](repeating: 0, count: 2)
        let edited = try buffer.withUnsafeMutableBytes {
            try image.read(into: $0, at: 0, waiting: false)
        }
        #expect(edited && buffer == [0xAA, 0xBB])
        let read = try buffer.withUnsafeMutableBytes {
            try image.read(into: $0, at: 1, waiting: false)
        }
        #expect(!read)
        #expect(try image.bytes(in: 1..<4) == [0xBB, 2, 3])
    }

    @Test func passesOnThatASourceCannotBeRead() {
        let image = Image(name: "slow", source: Slow())
        #expect(throws: ImageError("the disk ends at 8")) { try image.bytes(in: 5..<9) }
    }
}
