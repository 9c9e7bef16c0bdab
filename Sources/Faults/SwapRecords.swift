public import FaultKit
import NIOCore

/// Sends a TLS record behind the one that follows it.
public struct SwapRecords: StreamFault {
    public static let manual = Manual(
        name: "swap-records",
        summary: "sends a TLS record behind the one that follows it",
        requirement:
            "The client does not take it for the next one, and ends the connection with bad_record_mac (RFC 8446 §5.3).",
        knobs: RecordChoice.knobs,
        example: ["record": "3"])

    public static let unit = StreamUnit.record

    private var choice: RecordChoice
    private var kept: Chunk?

    /// Reads `record`, `of`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try RecordChoice(&knobs)
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        if let kept = self.kept {
            self.kept = nil
            outlet.send(chunk)
            outlet.send(kept)
        } else if self.choice.isNext(chunk) {
            self.kept = chunk
        } else {
            outlet.send(chunk)
        }
    }

    /// A record that nothing follows goes out as it is.
    public mutating func finish(_ outlet: inout Outlet, using dice: inout Dice) {
        if let kept { outlet.send(kept) }
        outlet.end(.clean)
    }
}
