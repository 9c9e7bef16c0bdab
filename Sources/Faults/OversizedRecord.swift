public import FaultKit
import NIOCore

/// Says of a TLS record that it is longer than TLS allows.
public struct OversizedRecord: StreamFault {
    public static let manual = Manual(
        name: "oversized-record",
        summary: "says of a TLS record that it is longer than TLS allows",
        requirement:
            "The client ends the connection with record_overflow (RFC 8446 §5.2), and keeps no memory for "
            + "what it was promised.",
        knobs: RecordChoice.knobs + [
            .init("length", "what it says, 16641 to 65535; default 20480")
        ],
        example: ["record": "3"])

    public static let unit = StreamUnit.record

    private var choice: RecordChoice
    private let length: Int

    /// Reads `record`, `of` and `length`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try RecordChoice(&knobs)
        self.length = try knobs.read("length", default: 20_480)
        guard (16_641...65_535).contains(self.length) else {
            throw KnobError(knob: "length", "'length' is out of range; write 16641 to 65535")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        var record = chunk
        if self.choice.isNext(chunk) { TLSRecord.setLength(of: &record, to: self.length) }
        outlet.send(record)
    }
}
