import FaultKit

/// Makes broken conversations of good ones.
struct RequestMutator {
    private let corpus: [[UInt8]]
    private var dice: Dice

    init(corpus: [[UInt8]], seed: UInt64) {
        self.corpus = corpus
        self.dice = Dice(seed: seed)
    }

    /// One of the corpus with up to six mutations.
    mutating func next() -> [UInt8] {
        var bytes = self.corpus[self.dice.roll(0..<self.corpus.count)]
        for _ in 0..<self.dice.roll(0..<7) { self.mutate(&bytes) }
        return bytes
    }

    /// Where the bytes are cut into reads: none, one or two places.
    mutating func cuts(in count: Int) -> [Int] {
        (0..<self.dice.roll(0..<3)).map { _ in self.dice.roll(0..<count + 1) }.sorted()
    }

    private static let words = [
        "\r\n", "\r", "\n", "\0", ":", " ", "\t", ",", "Content-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\n",
        "0\r\n\r\n", "ffffffffffffffff\r\n", "HTTP/1.1", "Range: bytes=0-0,5-,-3\r\n",
        "Host: x\r\n", "%2e%2e/", "\r\n\r\n",
    ].map { Array($0.utf8) }
    private static let numbers: [UInt8] = [0, 1, 4, 5, 8, 9, 0x7F, 0x80, 0xFF]

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = self.dice.roll(0..<bytes.count + 1)
        let count = self.dice.roll(0..<min(48, bytes.count - place) + 1)
        switch self.dice.roll(0..<8) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(self.dice.roll(0..<8))
        case 1 where place < bytes.count:
            bytes[place] = Self.numbers[self.dice.roll(0..<Self.numbers.count)]
        case 2: bytes.removeSubrange(place..<place + count)
        case 3:
            bytes.insert(
                contentsOf: bytes[place..<place + count], at: self.dice.roll(0..<bytes.count + 1))
        case 4:
            bytes.insert(contentsOf: Self.words[self.dice.roll(0..<Self.words.count)], at: place)
        case 5: bytes.removeSubrange(place...)
        case 6:
            let other = self.corpus[self.dice.roll(0..<self.corpus.count)]
            bytes = Array(bytes[..<place]) + other[self.dice.roll(0..<other.count)...]
        default:
            if place < bytes.count { bytes[place] = UInt8(self.dice.roll(0..<256)) }
        }
    }
}
