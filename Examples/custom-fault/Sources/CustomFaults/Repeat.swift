import FaultKit

/// Sends a stretch of the stream a second time, right behind the first.
public struct Repeat: StreamFault {
    public static let manual = Manual(
        name: "repeat",
        summary: "sends a stretch of the stream twice, as a broken cache does",
        requirement:
            "The client takes no more than the length that it was told, finds by the image's own digest "
            + "that the bytes are not the image's, and never boots them.",
        knobs: [
            .init("at", "place of the first byte that is sent twice"),
            .init("count", "bytes that are sent twice, 1 to 32KiB; default 4KiB"),
        ],
        example: ["at": "50%", "count": "1KiB"])

    /// A fault keeps at most 64 KiB.
    private static let most = 32 << 10

    private let at: Offset
    private let count: Int
    /// What was sent of the stretch so far, until it is sent again.
    private var stretch: [Chunk] = []

    /// Reads `at` and `count`.
    public init(_ knobs: inout Knobs) throws {
        self.at = try knobs.read("at")
        self.count = try knobs.read("count", default: ByteCount(4 << 10)).bytes
        guard (1...Self.most).contains(self.count) else {
            throw KnobError(knob: "count", "'count' is out of range; write 1 to 32KiB")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard let place = self.at.resolved(in: chunk.total), place < chunk.end else {
            return outlet.send(chunk)
        }
        let places = place..<place + self.count
        let (inside, end) = (places.clamped(to: chunk.range), max(chunk.offset, places.upperBound))
        if !inside.isEmpty { self.stretch.append(chunk.slice(inside)) }
        guard chunk.end > end else { return outlet.send(chunk) }
        outlet.send(chunk.slice(chunk.offset..<end))
        self.sendAgain(to: &outlet)
        outlet.send(chunk.slice(end..<chunk.end))
    }

    /// A stream that ends with the stretch, or inside it, ends with what there is of it.
    public mutating func finish(_ outlet: inout Outlet, using dice: inout Dice) {
        self.sendAgain(to: &outlet)
        outlet.end(.clean)
    }

    private mutating func sendAgain(to outlet: inout Outlet) {
        for chunk in self.stretch { outlet.send(chunk) }
        self.stretch = []
    }
}
