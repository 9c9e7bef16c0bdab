public import FaultKit
import FirmwareImage

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
            .init(
                "count",
                "damaged bytes at places picked by the seed, 1 to 4096; default 16, or all of a 'part' "
                    + "that has fewer"),
            .init(
                "part",
                "where the seed picks: header, descriptor, segments (their data without the descriptor), "
                    + "padding, checksum or digest of an app image; default anywhere, or segments where "
                    + "'reseal' makes something right again"),
            .init(
                "from",
                "first place that the seed may pick; default 1024, behind the descriptor, or the part's "
                    + "begin"),
            .init("to", "place behind the last that the seed may pick; default the image's end"),
            .init(
                "mask",
                "bits that are turned over in each byte; default picked by the seed so that no XOR "
                    + "checksum over the bytes comes out as before"),
            Resealing.knob(default: .none),
        ],
        example: ["count": "16"])

    private let at: [Offset]
    private let count: Int?
    private let part: ImagePart?
    private let from: Offset
    private let to: Offset
    private let mask: Mask?
    private let resealing: Resealing

    /// Reads `at`, `count`, `part`, `from`, `to`, `mask` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.at = try knobs.readList("at")
        let seeded = ["count", "part", "from", "to"].filter(knobs.names.contains)
        self.count = try knobs.readIfSet("count")
        let part = try knobs.readIfSet("part", as: ImagePart.self)
        self.from = try knobs.read("from", default: .bytes(part == nil ? 1024 : 0))
        self.to = try knobs.read("to", default: .beforeEnd(0))
        self.mask = try knobs.readIfSet("mask")
        self.resealing = try Resealing(&knobs, default: .none)
        // Damage by chance to a seal that is made right again would leave no trace.
        let isSealed = self.resealing.level != .none && self.at.isEmpty
        self.part = part ?? (isSealed ? .segments : nil)
        if let knob = seeded.first, !self.at.isEmpty {
            throw KnobError(
                knob: knob, "'\(knob)' is for places picked by the seed; leave it or 'at' out")
        }
        guard self.count.map((1...4096).contains) ?? true else {
            throw KnobError(knob: "count", "'count' is out of range; write 1 to 4096")
        }
        if let part, self.undone.contains(part) {
            throw KnobError(
                knob: "reseal",
                "'reseal' makes the damaged \(part.rawValue) right again; leave it out or choose another "
                    + "'part'")
        }
    }

    /// Parts whose damage `reseal` makes good.
    private var undone: [ImagePart] {
        switch self.resealing.level {
        case .none: []
        case .checksum: [.checksum]
        case .full: [.checksum, .digest]
        }
    }

    /// - Throws: ``ImageError`` if the image has no room for the damage, if the seals that are made right
    ///   again are to be damaged, or if it is no app image and has to be one.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        let isPlain = self.part == nil && self.resealing.level == .none
        let map = isPlain ? nil : try image.appImageMap()
        let places = try self.places(in: image, map, &dice)
        for part in self.undone {
            guard let seal = map.map(part.places), let place = places.first(where: seal.contains)
            else { continue }
            throw ImageError(
                "'\(image.name)' has its \(part.rawValue) at \(place), which corrupt-image is to damage and "
                    + "to make right again; choose other places or a lower 'reseal'")
        }
        var parity: UInt8 = 0
        for (place, left) in zip(places, (0..<places.count).reversed()) {
            let mask = self.mask?.bits ?? Self.mask(&dice, isLast: left == 0, parity)
            parity ^= mask
            try image.edit(at: place) { $0 ^ mask }
        }
        if let map { try self.resealing.seal(&image, map) }
    }

    /// Bits by chance; the last ones such that all of them do not cancel.
    private static func mask(_ dice: inout Dice, isLast: Bool, _ parity: UInt8) -> UInt8 {
        while true {
            let mask = UInt8(dice.roll(1..<256))
            if !isLast || mask != parity { return mask }
        }
    }

    /// Ascending, each once.
    private func places(
        in image: Image, _ map: AppImageMap?, _ dice: inout Dice
    ) throws -> [Int] {
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
        var room = Places([min(start, end)..<end])
        if let part, let map { room = part.places(in: map).clamped(to: min(start, end)..<end) }
        let count = self.count ?? (self.part == nil ? 16 : min(16, max(1, room.count)))
        guard room.count >= count else {
            let place = self.part.map { "in its \($0.rawValue), " } ?? ""
            throw ImageError(
                "'\(image.name)' has \(image.count) bytes, of which corrupt-image is to damage "
                    + "\(count) \(place)from \(start) to \(end), and there are \(room.count); lower "
                    + "its 'count' or 'from', or offer a larger image")
        }
        return Self.pick(count, of: room.count, &dice).map { room[$0] }
    }

    /// Distinct numbers under a total, ascending, each set of them as likely (Floyd's method: one roll a
    /// number).
    private static func pick(_ count: Int, of total: Int, _ dice: inout Dice) -> [Int] {
        var picked: Set<Int> = []
        for end in total - count..<total {
            let number = dice.roll(0..<end + 1)
            if !picked.insert(number).inserted { picked.insert(end) }
        }
        return picked.sorted()
    }
}
