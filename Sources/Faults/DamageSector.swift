public import FaultKit

/// Damages a whole sector of the flash that the image is for, as a writer that goes wrong leaves it.
public struct DamageSector: ImageFault {
    public static let manual = Manual(
        name: "damage-sector",
        summary:
            "erases, zeroes, swaps, doubles or drops 4096 bytes of the image, a sector of the flash",
        requirement:
            "The client finds by the SHA-256 that a sector is not the one that was built, keeps the "
            + "firmware that it runs, and never boots the image.",
        knobs: [
            .init(
                "how",
                "what is done: erase (all 0xFF), zero (all 0x00), swap (with the next sector), duplicate "
                    + "(it stands in the next one's place too) or drop (what follows moves up)"),
            .init("sector", "number of the sector, from 0"),
            .init("at", "a place in the sector; default 50%"),
        ],
        example: ["how": "swap", "sector": "9"])

    private enum Damage: String, CaseIterable, KnobValue {
        case erase, zero, swap, duplicate, drop
    }

    /// Of a flash chip: what is erased at once.
    private static let size = 4096

    private let how: Damage
    private let at: Offset

    /// Reads `how`, `sector` and `at`.
    public init(_ knobs: inout Knobs) throws {
        self.how = try knobs.read("how")
        let sector = try knobs.readIfSet("sector", as: Int.self)
        let at = try knobs.readIfSet("at", as: Offset.self)
        guard sector == nil || at == nil else {
            throw KnobError(knob: "at", "'at' and 'sector' both say which sector; leave one out")
        }
        guard sector.map((0..<1 << 20).contains) ?? true else {
            throw KnobError(knob: "sector", "'sector' is out of range; write 0 to 1048575")
        }
        self.at = sector.map { .bytes($0 * Self.size) } ?? at ?? .share(Ratio(1, 2))
    }

    /// - Throws: ``ImageError`` if the image has no such sector, or the damage would change nothing.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        // An offset resolves in any known total.
        let start = (self.at.resolved(in: image.count) ?? 0) / Self.size * Self.size
        let needed = self.how == .swap || self.how == .duplicate ? 2 * Self.size : 1
        guard needed <= image.count - start else {
            throw ImageError(
                "'\(image.name)' has \(image.count) bytes, too few for what damage-sector is to do at "
                    + "\(start); choose a lower 'sector' or 'at', or offer a larger image")
        }
        let sector = start..<min(start + Self.size, image.count)
        let next = sector.upperBound..<min(sector.upperBound + Self.size, image.count)
        let touched = sector.lowerBound..<next.upperBound
        let before = try image.bytes(in: touched)
        let (own, other) = (image.slice(sector), image.slice(next))
        switch self.how {
        case .erase: image.replace(sector, with: Repeated(0xFF, count: sector.count))
        case .zero: image.replace(sector, with: Repeated(0x00, count: sector.count))
        case .swap:
            image.replace(sector, with: other)
            image.replace(next, with: own)
        case .duplicate: image.replace(next, with: own)
        case .drop: return image.replace(sector, with: [])
        }
        guard try image.bytes(in: touched) != before else {
            throw ImageError(
                "'\(image.name)' has the same bytes at \(start) with the damage that damage-sector is to "
                    + "do and without it; choose another 'sector' or 'at'")
        }
    }
}
