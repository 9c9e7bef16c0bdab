public import FaultKit

/// Turns bits over, at places or by chance.
public struct Flip: StreamFault {
    public static let manual = Manual(
        name: "flip",
        summary: "turns bits of single bytes over, at places or by chance",
        requirement:
            "The client finds the damage by the image's own digest and never boots it; on the link, "
            + "TLS finds it and the connection ends.",
        knobs: [
            .init("at", "places of the bytes; one or a list"),
            .init("chance", "chance of each byte, such as 1/100000"),
            .init("mask", "bits of a byte that are turned over; default 0x01"),
        ],
        example: ["at": "5000,60%", "chance": "1/100000", "mask": "0x80"])

    private let at: [Offset]
    private let chance: Ratio?
    private let mask: Mask

    /// Reads `at`, `chance` and `mask`.
    public init(_ knobs: inout Knobs) throws {
        self.at = try knobs.readList("at")
        self.chance = try knobs.readIfSet("chance")
        self.mask = try knobs.read("mask", default: Mask(0x01))
        guard !self.at.isEmpty || self.chance != nil else {
            throw KnobError(knob: "at", "'at' is missing, and so is 'chance'; write one of them")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        var damaged = chunk
        if let chance = self.chance {
            for place in chunk.range where dice.chance(chance) {
                damaged.edit(at: place) { $0 ^ self.mask.bits }
            }
        }
        for place in self.at.compactMap({ $0.resolved(in: chunk.total) })
        where chunk.range.contains(place) && !damaged.edited.contains(place) {
            damaged.edit(at: place) { $0 ^ self.mask.bits }
        }
        outlet.send(damaged)
    }
}
