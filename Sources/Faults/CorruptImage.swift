public import FaultKit

/// Damages bytes of the image itself, the same ones for each request.
public struct CorruptImage: ImageFault {
    public static let manual = Manual(
        name: "corrupt-image",
        summary: "damages bytes of the image, the same ones for each request",
        requirement:
            "The client finds that the image does not match its checksum or digest, keeps the firmware "
            + "that it runs, and never boots the image.",
        knobs: [
            .init("at", "places of the damaged bytes; one or a list"),
            .init("count", "damaged bytes at places picked by the seed, 1 to 4096; default 16"),
            .init(
                "from", "first place that the seed may pick; default 1024, behind the descriptor"),
            .init("to", "place behind the last that the seed may pick; default the image's end"),
            .init(
                "mask",
                "bits that are turned over in each byte; default picked by the seed so that no XOR "
                    + "checksum over the bytes comes out as before"),
        ],
        example: ["count": "16"])

    private let at: [Offset]
    private let count: Int
    private let from: Offset
    private let to: Offset
    private let mask: Mask?

    /// Reads `at`, `count`, `from`, `to` and `mask`.
    public init(_ knobs: inout Knobs) throws {
        self.at = try knobs.readList("at")
        let seeded = ["count", "from", "to"].filter(knobs.names.contains)
        self.count = try knobs.read("count", default: 16)
        self.from = try knobs.read("from", default: .bytes(1024))
        self.to = try knobs.read("to", default: .beforeEnd(0))
        self.mask = try knobs.readIfSet("mask")
        if let knob = seeded.first, !self.at.isEmpty {
            throw KnobError(
                knob: knob, "'\(knob)' is for places picked by the seed; leave it or 'at' out")
        }
        guard (1...4096).contains(self.count) else {
            throw KnobError(knob: "count", "'count' is out of range; write 1 to 4096")
        }
    }

    /// - Throws: ``ImageError`` if the image has no room for the damage.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        let places = try self.places(in: image, &dice)
        var parity: UInt8 = 0
        for (place, left) in zip(places, (0..<places.count).reversed()) {
            let mask = self.mask?.bits ?? Self.mask(&dice, isLast: left == 0, parity)
            parity ^= mask
            try image.edit(at: place) { $0 ^ mask }
        }
    }

    /// Bits by chance; the last ones such that all of them do not cancel.
    private static func mask(_ dice: inout Dice, isLast: Bool, _ parity: UInt8) -> UInt8 {
        while true {
            let mask = UInt8(dice.roll(1..<256))
            if !isLast || mask != parity { return mask }
        }
    }

    /// Ascending, each once.
    private func places(in image: Image, _ dice: inout Dice) throws -> [Int] {
        // An offset resolves in any known total.
        let resolve = { (offset: Offset) in offset.resolved(in: image.count) ?? 0 }
        if !self.at.isEmpty {
            let places = Set(self.at.map(resolve)).sorted()
            guard let last = places.last, last < image.count else {
                throw ImageError(
                    "'\(image.name)' has \(image.count) bytes and none at \(places.last ?? 0), which "
                        + "corrupt-image is to damage; lower its 'at' or offer a larger image")
            }
            return places
        }
        let (start, end) = (resolve(self.from), min(resolve(self.to), image.count))
        guard end - start >= self.count else {
            throw ImageError(
                "'\(image.name)' has \(image.count) bytes, of which corrupt-image is to damage "
                    + "\(self.count) from \(start) to \(end); lower its 'count' or 'from', or offer a "
                    + "larger image")
        }
        return Self.pick(self.count, in: start..<end, &dice)
    }

    /// Distinct places, each set of them as likely (Floyd's method: one roll a place).
    private static func pick(_ count: Int, in range: Range<Int>, _ dice: inout Dice) -> [Int] {
        var picked: Set<Int> = []
        for end in range.upperBound - count..<range.upperBound {
            let place = dice.roll(range.lowerBound..<end + 1)
            if !picked.insert(place).inserted { picked.insert(end) }
        }
        return picked.sorted()
    }
}
