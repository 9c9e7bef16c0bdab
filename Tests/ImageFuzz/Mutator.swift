import FirmwareImage

extension SplitMix64 {
    /// 0 ..< limit, or 0.
    mutating func below(_ limit: Int) -> Int {
        limit > 0 ? Int(truncatingIfNeeded: self.next() % UInt64(limit)) : 0
    }
}

/// Makes broken images of good ones.
struct Mutator {
    private let corpus: [[UInt8]]
    private var chance: SplitMix64

    init(corpus: [[UInt8]], seed: UInt64) {
        self.corpus = corpus
        self.chance = SplitMix64(seed: seed)
    }

    /// The next image: one of the corpus with one to eight mutations.
    mutating func next() -> [UInt8] {
        var file = self.corpus[self.chance.below(self.corpus.count)]
        for _ in 0...self.chance.below(8) { self.mutate(&file) }
        return file
    }

    private mutating func mutate(_ file: inout [UInt8]) {
        let place = self.place(in: file)
        let count = self.chance.below(min(64, file.count - place) + 1)
        switch self.chance.below(9) {
        case 0 where place < file.count: file[place] ^= 1 << UInt8(self.chance.below(8))
        case 1 where place < file.count: file[place] = UInt8(truncatingIfNeeded: self.chance.next())
        case 2: self.setWord(in: &file, at: place, bytes: 4)
        case 3: self.setWord(in: &file, at: place, bytes: 2)
        case 4: file.removeLast(self.chance.below(file.count + 1))
        case 5: file.removeSubrange(place..<place + count)
        case 6: file.insert(contentsOf: file[place..<place + count], at: self.place(in: file))
        case 7: self.splice(&file)
        default: file += (0..<self.chance.below(5000)).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        }
    }

    /// Anywhere; half of the time in the headers, where a byte means most.
    private mutating func place(in file: [UInt8]) -> Int {
        let limit = self.chance.below(2) == 0 ? min(file.count, 48) : file.count
        return self.chance.below(limit + 1)
    }

    /// Writes a number at which arithmetic likes to go wrong.
    private mutating func setWord(in file: inout [UInt8], at place: Int, bytes: Int) {
        let numbers: [UInt32] = [
            0, 1, 3, 4, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFFC, 0x00FF_FFFC,
            0x0100_0000, 0x3F40_0020, 0x4008_0000, UInt32(file.count), UInt32(file.count) &- 4,
            UInt32(truncatingIfNeeded: self.chance.next()),
        ]
        let number = numbers[self.chance.below(numbers.count)]
        for index in 0..<bytes where place + index < file.count {
            file[place + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt32(index)))
        }
    }

    /// The beginning of this one and the end of another.
    private mutating func splice(_ file: inout [UInt8]) {
        let other = self.corpus[self.chance.below(self.corpus.count)]
        file.removeLast(self.chance.below(file.count + 1))
        file += other[self.chance.below(other.count)...]
    }

    /// Images of each kind, small so that there can be many.
    static func corpus() throws -> [[UInt8]] {
        var corpus: [[UInt8]] = []
        for (chip, size) in zip(Chip.allCases, [416, 432, 448, 512, 608, 704, 800, 896]) {
            var recipe = AppImageRecipe(chip: chip, project: "lamp", version: "1.2.3", size: size)
            corpus.append(try recipe.bytes())
            recipe.size = 1_024
            recipe.segments = 16
            var image = try recipe.image()
            corpus.append(image.bytes)
            image.header.digestFlag = 0
            image.seal()
            corpus.append(image.bytes)
        }
        // Signed, and with more behind it.
        let start = corpus[0] + [UInt8](repeating: 0, count: 4_096 - corpus[0].count)
        corpus.append(start + [0xE7, 2] + [UInt8](repeating: 1, count: 4_094))
        corpus.append(corpus[corpus.count - 1] + [1, 2, 3])
        return corpus
    }
}
