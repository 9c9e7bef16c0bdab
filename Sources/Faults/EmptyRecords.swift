public import FaultKit
import NIOCore

/// Sends empty TLS records that no key has touched.
public struct EmptyRecords: StreamFault {
    public static let manual = Manual(
        name: "empty-records",
        summary: "sends empty TLS records that no key has touched",
        requirement:
            "The client ends the connection, as an encrypted record is never empty (RFC 8446 §5.2), or takes a few empty ones of the plaintext handshake at most.",
        knobs: RecordChoice.knobs + [
            .init("count", "how many, 1 to 10000; default 1"),
            .init("content-type", "their type; default 23, application data"),
        ],
        example: ["record": "3", "count": "3"])

    public static let unit = StreamUnit.record

    private var choice: RecordChoice
    private let count: Int
    private let type: UInt8

    /// Reads `record`, `of`, `count`, `content-type`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try RecordChoice(&knobs)
        self.count = try knobs.read("count", default: 1)
        self.type =
            try knobs.readIfSet("content-type", as: FieldNumber<UInt8>.self)?.value
            ?? TLSRecord.applicationData
        guard (1...10_000).contains(self.count) else {
            throw KnobError(knob: "count", "'count' is out of range; write 1 to 10000")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        if self.choice.isNext(chunk) {
            for _ in 0..<self.count { outlet.insert(TLSRecord.plain(self.type)) }
        }
        outlet.send(chunk)
    }
}
