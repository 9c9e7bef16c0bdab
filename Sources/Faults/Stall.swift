public import FaultKit
import NIOCore

/// Falls silent at a place in the stream, for a while or for ever.
public struct Stall: StreamFault {
    public static let manual = Manual(
        name: "stall",
        summary: "falls silent at a place in the stream, for a while or for ever",
        requirement:
            "The client gives up after a time of its own and can try again; a pause shorter than that "
            + "time does no harm.",
        knobs: [
            .init("at", "place of the first byte that is held back"),
            .init("for", "how long the silence lasts; default for ever, with the connection open"),
        ],
        example: ["at": "40%", "for": "5s"])

    private let at: Offset
    private let time: TimeAmount?

    /// Reads `at` and `for`.
    public init(_ knobs: inout Knobs) throws {
        self.at = try knobs.read("at")
        self.time = try knobs.readIfSet("for")
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        let (before, after) = chunk.split(at: self.at)
        outlet.send(before)
        guard let after else { return }
        if let time = self.time {
            outlet.wait(time)
            outlet.send(after)
        } else {
            outlet.end(.hang)
        }
    }
}
