public import FaultKit
import NIOCore

/// Leaves a TLS record out.
public struct DropRecord: StreamFault {
    public static let manual = Manual(
        name: "drop-record",
        summary: "leaves a TLS record out",
        requirement:
            "The client misses it by the next one, whose sequence number is wrong, and ends the connection with bad_record_mac (RFC 8446 §5.3).",
        knobs: RecordChoice.knobs,
        example: ["record": "3"])

    public static let unit = StreamUnit.record

    private var choice: RecordChoice

    /// Reads `record`, `of`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try RecordChoice(&knobs)
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        if !self.choice.isNext(chunk) { outlet.send(chunk) }
    }
}
