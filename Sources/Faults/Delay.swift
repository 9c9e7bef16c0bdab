public import FaultKit
import NIOCore

/// Waits once before a byte of the stream.
public struct Delay: StreamFault {
    public static let manual = Manual(
        name: "delay",
        summary: "waits once before a byte of the stream, by default before the first",
        requirement:
            "The client waits for an answer that comes within its time-out, and gives up without harm on "
            + "one that does not.",
        knobs: [
            .init("by", "how long to wait"),
            .init("jitter", "longest time that chance adds to it, each as likely; default none"),
            .init("at", "place of the byte before which to wait; default the stream's first byte"),
        ],
        example: ["by": "2s", "jitter": "500ms"])

    private let by: TimeAmount
    private let jitter: TimeAmount
    private let at: Offset?
    private var isArmed = true

    /// Reads `by`, `jitter` and `at`.
    public init(_ knobs: inout Knobs) throws {
        self.by = try knobs.read("by")
        self.jitter = try knobs.read("jitter", default: .zero)
        self.at = try knobs.readIfSet("at")
        guard !self.by.nanoseconds.addingReportingOverflow(self.jitter.nanoseconds).overflow else {
            throw KnobError(
                knob: "jitter", "'by' and 'jitter' are too long together; write shorter times")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard self.isArmed, !chunk.isEmpty else { return outlet.send(chunk) }
        let (before, after) = chunk.split(at: self.at ?? .bytes(chunk.offset))
        outlet.send(before)
        guard let after else { return }
        self.isArmed = false
        let extra = Int64(dice.roll(0..<Int(self.jitter.nanoseconds) + 1))
        outlet.wait(self.by + .nanoseconds(extra))
        outlet.send(after)
    }
}
