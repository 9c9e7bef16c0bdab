public import FaultKit

/// Stops sending at a place in the stream.
public struct Truncate: StreamFault {
    public static let manual = Manual(
        name: "truncate",
        summary: "stops sending at a place in the stream",
        requirement:
            "The client notices that bytes are missing and never boots what it has.",
        knobs: [
            .init("at", "place of the first byte that is not sent"),
            .init("ending", "how the stream ends there: clean, cut, reset or hang; default cut"),
        ],
        example: ["at": "40%", "ending": "cut"])

    private let at: Offset
    private let ending: Ending

    /// Reads `at` and `ending`.
    public init(_ knobs: inout Knobs) throws {
        self.at = try knobs.read("at")
        self.ending = try knobs.read("ending", default: .cut)
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        let (before, after) = chunk.split(at: self.at)
        outlet.send(before)
        if after != nil { outlet.end(self.ending) }
    }
}
