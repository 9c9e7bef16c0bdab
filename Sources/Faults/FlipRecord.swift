public import FaultKit
import NIOCore

/// Turns bits of a TLS record over.
public struct FlipRecord: StreamFault {
    public static let manual = Manual(
        name: "flip-record",
        summary: "turns bits of a TLS record over",
        requirement:
            "The client finds the damage and ends the connection with bad_record_mac (RFC 8446 §5.2).",
        knobs: RecordChoice.knobs + [
            .init(
                "at",
                "place in the record behind its header; negative counts from the end; default -1"),
            .init("mask", "bits of the byte that are turned over; default 0x01"),
        ],
        example: ["record": "3"])

    public static let unit = StreamUnit.record

    private var choice: RecordChoice
    private let at: Int
    private let mask: Mask

    /// Reads `record`, `of`, `at`, `mask`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try RecordChoice(&knobs)
        self.at = try knobs.read("at", default: -1)
        self.mask = try knobs.read("mask", default: Mask(0x01))
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard self.choice.isNext(chunk) else { return outlet.send(chunk) }
        var record = chunk
        let start = chunk.offset + TLSRecord.headerLength
        let place = self.at < 0 ? chunk.end + self.at : start + self.at
        if (start..<chunk.end).contains(place) {
            record.edit(at: place) { $0 ^ self.mask.bits }
        }
        outlet.send(record)
    }
}
