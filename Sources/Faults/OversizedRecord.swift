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
        knobs: [
            .init("record", "which record of application data, from 1; default 3"),
            .init("length", "what it says, 16641 to 65535; default 20480"),
        ],
        example: ["record": "3"])

    public static let unit = StreamUnit.record

    private let record: Int
    private let length: Int
    private var seen = 0

    /// Reads `record` and `length`.
    public init(_ knobs: inout Knobs) throws {
        self.record = try knobs.read("record", default: 3)
        self.length = try knobs.read("length", default: 20_480)
        guard self.record >= 1 else {
            throw KnobError(knob: "record", "'record' is out of range; write a number from 1")
        }
        guard (16_641...65_535).contains(self.length) else {
            throw KnobError(knob: "length", "'length' is out of range; write 16641 to 65535")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        // A record is its type, two bytes of version and two of length (RFC 8446 §5.1); 23 is data.
        guard chunk.bytes.readableBytes > 5, chunk.bytes.readableBytesView.first == 23 else {
            return outlet.send(chunk)
        }
        self.seen += 1
        guard self.seen == self.record else { return outlet.send(chunk) }
        var record = chunk
        record.edit(at: chunk.offset + 3) { _ in UInt8(self.length >> 8) }
        record.edit(at: chunk.offset + 4) { _ in UInt8(self.length & 0xFF) }
        outlet.send(record)
    }
}
