import FaultKit
import Testing

/// Images that are put together from sources and from parts of themselves.
@Suite struct ImageEditTests {
    private func bytes(_ count: Int, _ dice: inout Dice) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
    }

    private func range(in count: Int, most: Int, _ dice: inout Dice) -> Range<Int> {
        let start = dice.roll(0..<count + 1)
        return start..<min(count, start + dice.roll(0..<most + 1))
    }

    /// One edit, in the image and in a plain array.
    private func edit(_ image: inout Image, _ model: inout [UInt8], _ dice: inout Dice) throws {
        let range = self.range(in: model.count, most: 40, &dice)
        switch dice.roll(0..<6) {
        case 0:
            let new = self.bytes(dice.roll(0..<30), &dice)
            image.replace(range, with: new)
            model.replaceSubrange(range, with: new)
        case 1:
            let run = Repeated(UInt8(dice.roll(0..<256)), count: dice.roll(0..<60))
            image.replace(range, with: run)
            model.replaceSubrange(range, with: [UInt8](repeating: run.byte, count: run.count))
        case 2:
            let noise = Noise(seed: dice.next(), count: dice.roll(0..<60))
            image.replace(range, with: noise)
            model.replaceSubrange(
                range, with: try Image(name: "n", source: noise).bytes(in: 0..<noise.count))
        case 3:
            // Copies, moves over and drops: a part of it in another place.
            let part = self.range(in: model.count, most: 40, &dice)
            image.replace(range, with: image.slice(part))
            model.replaceSubrange(range, with: Array(model[part]))
        case 4:
            let size = dice.roll(0..<model.count / 2 + 1)
            let second = model.count - size..<model.count
            let (left, right) = (image.slice(0..<size), image.slice(second))
            image.replace(second, with: left)
            image.replace(0..<size, with: right)
            model = Array(model[second]) + model[size..<second.lowerBound] + model[..<size]
        default:
            guard !model.isEmpty else { return }
            let place = dice.roll(0..<model.count)
            try image.edit(at: place) { ~$0 }
            model[place] = ~model[place]
        }
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func readsAsAPlainArrayDoesWhateverItIsMadeOf(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        var model = self.bytes(dice.roll(0..<300), &dice)
        var image = Image(name: "model", bytes: model)
        for _ in 0..<200 {
            try self.edit(&image, &model, &dice)
            #expect(image.count == model.count)
            let read = self.range(in: model.count, most: 200, &dice)
            #expect(try image.bytes(in: read) == Array(model[read]))
        }
        #expect(try image.bytes(in: 0..<image.count) == model)
        let size = 1 + dice.roll(0..<100)
        var windows: [[UInt8]] = []
        try image.forEachWindow(in: 0..<image.count, size: size) { windows.append(Array($0)) }
        #expect(windows.flatMap { $0 } == model)
        #expect(windows.dropLast().allSatisfy { $0.count == size })
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func tellsDifferentContentsApart(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let honest = Image(name: "f", bytes: self.bytes(64, &dice))
        var contents: [UInt64: [UInt8]] = [0: try honest.bytes(in: 0..<64)]
        for _ in 0..<500 {
            var image = honest
            var model = try honest.bytes(in: 0..<64)
            for _ in 0..<1 + dice.roll(0..<3) { try self.edit(&image, &model, &dice) }
            if let known = contents.updateValue(model, forKey: image.edits) {
                #expect(known == model)
            }
        }
        #expect(contents.count > 400)
    }

    @Test func tellsImagesThatArePutInApart() {
        let first = Image(name: "f", bytes: [1, 2, 3])
        var edited = first
        edited.replace(0..<1, with: [9])
        let parts = [
            first, Image(name: "f", bytes: [1, 2, 4]), edited, Image(name: "f", source: edited),
            first.slice(0..<2), edited.slice(0..<2),
            Image(name: "f", source: Repeated(1, count: 3)),
            Image(name: "f", source: Noise(seed: 1, count: 3)),
        ]
        let edits = parts.map { part in
            var image = Image(name: "g", bytes: [])
            image.replace(0..<0, with: part)
            return image.edits
        }
        #expect(Set(edits).count == parts.count)
    }

    @Test func changesThatAreAlikeDoNotCancel() {
        var (one, other) = (Image(name: "f", bytes: []), Image(name: "f", bytes: []))
        var bytes = [UInt8](repeating: 0, count: 16)
        one.replace(0..<0, with: bytes)
        for place in [7, 15] { bytes[place] = 0x80 }
        other.replace(0..<0, with: bytes)
        #expect(one.edits != other.edits)
    }

    @Test func theSameEditsGiveTheSameNumberInEveryRun() {
        var image = Image(name: "f", bytes: Array(0..<100))
        image.replace(10..<20, with: Repeated(0xFF, count: 4_096))
        image.replace(0..<4, with: Noise(seed: 7, count: 9))
        image.replace(0..<0, with: image.slice(50..<70))
        image.replace(3..<4, with: [1, 2, 3])
        #expect(image.edits == 1_550_954_686_333_096_618)
    }

    @Test func anImageOfTwoGibibytesCostsNoMemory() throws {
        var image = Image(name: "f", bytes: [1, 2, 3])
        image.replace(3..<3, with: Repeated(0xFF, count: 1 << 30))
        image.replace(image.count..<image.count, with: Noise(seed: 1, count: 1 << 30))
        image.replace(image.count..<image.count, with: [9])
        #expect(image.count == 4 + 1 << 31)
        #expect(try image.bytes(in: 2..<5) == [3, 0xFF, 0xFF])
        #expect(try image.bytes(in: image.count - 1..<image.count) == [9])
    }

    /// Were images kept inside each other, each round would read through all those before it, and a
    /// stack has no room for that many.
    @Test func imagesInImagesAreNoDeeper() throws {
        var image = Image(name: "f", bytes: Array(0..<4))
        for _ in 0..<20_000 {
            var other = Image(name: "f", source: image)
            other.replace(0..<4, with: image.slice(0..<4))
            image = other.slice(0..<4)
        }
        #expect(try image.bytes(in: 0..<4) == [0, 1, 2, 3])
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func saysWhetherTheBytesAreTheSameHoweverTheyCameThere(_ seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let honest = Image(name: "f", bytes: self.bytes(200_000, &dice))
        for _ in 0..<20 {
            var (image, model) = (honest, try honest.bytes(in: 0..<honest.count))
            for _ in 0..<dice.roll(1..<4) { try self.edit(&image, &model, &dice) }
            #expect(try image.hasSameBytes(as: Image(name: "g", bytes: model)))
            #expect(try image.hasSameBytes(as: image))
            let isHonest = try model == honest.bytes(in: 0..<honest.count)
            #expect(try image.hasSameBytes(as: honest) == isHonest)
            guard !model.isEmpty else { continue }
            let place = dice.roll(0..<model.count)
            var other = image
            try other.edit(at: place) { $0 }
            #expect(try other.hasSameBytes(as: image))
            try other.edit(at: place) { ~$0 }
            #expect(try !other.hasSameBytes(as: image))
            #expect(try !image.hasSameBytes(as: other))
        }
    }

    @Test func comparingReadsNothingThatBothHave() throws {
        struct Broken: ByteSource {
            let count = 1 << 40
            let fingerprint: UInt64 = 0
            func read(
                into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
            ) throws -> Bool {
                throw ImageError("it was read at \(offset)")
            }
        }
        var image = Image(name: "f", source: Broken())
        image.replace(5_000..<5_003, with: [1, 2, 3])
        var other = image
        other.replace(5_001..<5_002, with: [2])
        #expect(try image.hasSameBytes(as: other))
        other.replace(5_001..<5_002, with: [9])
        #expect(try !image.hasSameBytes(as: other))
        // A part of the source in another place has to be read.
        let (first, second) = (image.slice(0..<100), image.slice(100..<200))
        image.replace(0..<100, with: second)
        image.replace(100..<200, with: first)
        #expect(throws: ImageError.self) { try image.hasSameBytes(as: other) }
    }

    @Test func noiseIsTheSameHoweverItIsRead() throws {
        let noise = Image(name: "n", source: Noise(seed: 42, count: 1_000))
        let whole = try noise.bytes(in: 0..<1_000)
        var dice = Dice(seed: 1)
        for _ in 0..<200 {
            let range = self.range(in: 1_000, most: 50, &dice)
            #expect(try noise.bytes(in: range) == Array(whole[range]))
        }
        // Of 256 values nearly all are there, as chance has it.
        #expect(Set(whole).count > 240)
        let other = try Image(name: "n", source: Noise(seed: 43, count: 1_000)).bytes(in: 0..<1_000)
        #expect(zip(whole, other).count { $0.0 == $0.1 } < 30)
    }

    @Test func aWindowThatThrowsEndsTheReading() throws {
        let image = Image(name: "f", source: Repeated(1, count: 100))
        var windows = 0
        #expect(throws: ImageError("enough")) {
            try image.forEachWindow(in: 10..<90, size: 30) { window in
                windows += 1
                if window.count < 30 { throw ImageError("enough") }
            }
        }
        #expect(windows == 3)
        try image.forEachWindow(in: 5..<5) { _ in Issue.record("no bytes, and a window") }
    }
}
