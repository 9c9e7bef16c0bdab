public import FaultKit
import NIOCore

/// Sends the stream in small slices.
///
/// Slices are counted from the stream's first byte, and no segment has bytes of two of them. A slice that
/// is cut by a chunk may leave in two parts: nothing is kept back, as a client may be waiting for just
/// these bytes before it lets the stream go on.
public struct Slice: StreamFault {
    public static let manual = Manual(
        name: "slice",
        summary: "sends the stream in slices, each a segment of its own",
        requirement:
            "The client takes bytes in any portions, puts them together and loses none.",
        knobs: [
            .init("size", "bytes in a slice, at least 1"),
            .init("pause", "time between two slices; default none"),
            .init("to", "place in the stream from which on it is sent as it is; default its end"),
        ],
        example: ["size": "100", "pause": "10ms"])

    private let size: Int
    private let pause: TimeAmount
    private let end: Offset?
    private var sent = 0

    /// Reads `size`, `pause` and `to`.
    public init(_ knobs: inout Knobs) throws {
        self.size = try knobs.read("size", as: ByteCount.self).bytes
        self.pause = try knobs.read("pause", default: .zero)
        self.end = try knobs.readIfSet("to")
        guard self.size > 0 else {
            throw KnobError(knob: "size", "'size' is 0; write at least 1 byte")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        let end = self.end.flatMap { $0.resolved(in: chunk.total) } ?? chunk.end
        var place = chunk.offset
        while place < min(end, chunk.end) {
            let begun = self.sent % self.size
            if begun == 0, self.sent > 0 { outlet.wait(self.pause) }
            let count = min(min(end, chunk.end) - place, self.size - begun)
            outlet.send(chunk.slice(place..<place + count))
            self.sent += count
            if self.sent % self.size == 0 { outlet.push() }
            place += count
        }
        if place < chunk.end { outlet.send(chunk.slice(place..<chunk.end)) }
    }

    public mutating func finish(_ outlet: inout Outlet, using dice: inout Dice) {
        outlet.push()
        outlet.end(.clean)
    }
}
