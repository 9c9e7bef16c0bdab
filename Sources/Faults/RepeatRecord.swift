public import FaultKit
import NIOCore

/// Sends a TLS record twice.
public struct RepeatRecord: StreamFault {
    public static let manual = Manual(
        name: "repeat-record",
        summary: "sends a TLS record twice",
        requirement:
            "The client does not take it twice, and ends the connection with bad_record_mac (RFC 8446 §5.3).",
        knobs: RecordChoice.knobs,
        example: ["record": "3"])

    public static let unit = StreamUnit.record

    private var choice: RecordChoice

    /// Reads `record`, `of`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try RecordChoice(&knobs)
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        outlet.send(chunk)
        if self.choice.isNext(chunk) { outlet.send(chunk) }
    }
}
