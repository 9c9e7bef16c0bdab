public import FaultKit
import NIOCore

/// Sends at a rate, and never a byte too early.
///
/// Bytes leave in quanta, each after its own time. So the byte that is the n-th of the slow ones leaves no
/// earlier than n bytes take at the rate, and all of them take exactly as long as the rate says. A quantum
/// that is cut by a chunk leaves in two parts, each after its share: nothing is kept back, as a client
/// may be waiting for just these bytes before it lets the stream go on.
public struct Throttle: StreamFault {
    public static let manual = Manual(
        name: "throttle",
        summary: "sends no faster than a rate",
        requirement:
            "The client finishes a slow download, keeps its watchdogs fed meanwhile, and gives up only by "
            + "a limit that it states.",
        knobs: [
            .init("rate", "bytes or bits a second, such as 64KiB/s or 256kbit/s"),
            .init("from", "place from which the stream is slow; default its first byte"),
            .init(
                "quantum",
                "most bytes that leave at a time; default what takes 100 ms, but no less than 1KiB (below "
                    + "1KiB/s what takes a second) and no more than 16KiB (above 1600KiB/s what takes 10 ms)"
            ),
        ],
        example: ["rate": "64KiB/s"])

    private let rate: Rate
    private let from: Offset
    private let quantum: Int
    private var sent = 0
    private var isSlow = false

    /// Reads `rate`, `from` and `quantum`.
    public init(_ knobs: inout Knobs) throws {
        self.rate = try knobs.read("rate")
        self.from = try knobs.read("from", default: .bytes(0))
        let quantum = try knobs.readIfSet("quantum", as: ByteCount.self)
        self.quantum = quantum?.bytes ?? Self.quantum(at: self.rate.bytesPerSecond)
        guard self.quantum > 0 else {
            throw KnobError(knob: "quantum", "'quantum' is 0; write at least 1 byte")
        }
    }

    /// Small enough to flow, large enough that a slow stream is not all records and headers, and a fast
    /// one not all timers.
    private static func quantum(at rate: Int) -> Int {
        let flowing = min(max(rate / 10, min(rate, 1 << 10)), 16 << 10)
        return max(flowing, rate / 100, 1)
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        var place = chunk.offset
        if !self.isSlow {
            place = max(place, self.from.resolved(in: chunk.total) ?? 0)
            guard place < chunk.end else { return outlet.send(chunk) }
            self.isSlow = true
            outlet.send(chunk.slice(chunk.offset..<place))
        }
        while place < chunk.end {
            let count = min(chunk.end - place, self.quantum - self.sent % self.quantum)
            let before = self.rate.time(for: self.sent)
            self.sent += count
            outlet.wait(self.rate.time(for: self.sent) - before)
            outlet.send(chunk.slice(place..<place + count))
            place += count
        }
    }
}
