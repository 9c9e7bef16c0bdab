public import FaultKit
import NIOCore

/// Makes two records of one.
public struct SplitRecord: StreamFault {
    public static let manual = Manual(
        name: "split-record",
        summary: "makes two records of one",
        requirement:
            "The client takes a message of the plaintext handshake that comes in several records (RFC 8446 §5.1), and refuses a part of an encrypted record with bad_record_mac.",
        knobs: RecordChoice.knobs + [
            .init("at", "bytes of the first part, from 1; default 1")
        ],
        example: ["record": "1", "of": "handshake"])

    public static let unit = StreamUnit.record

    private var choice: RecordChoice
    private let at: Int

    /// Reads `record`, `of`, `at`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try RecordChoice(&knobs)
        self.at = try knobs.read("at", default: 1)
        guard (1...16_384).contains(self.at) else {
            throw KnobError(knob: "at", "'at' is out of range; write 1 to 16384")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        let length = chunk.count - TLSRecord.headerLength
        guard self.choice.isNext(chunk), length > self.at else { return outlet.send(chunk) }
        let cut = chunk.offset + TLSRecord.headerLength + self.at
        var first = chunk.slice(chunk.offset..<cut)
        TLSRecord.setLength(of: &first, to: self.at)
        outlet.send(first)
        // Type and version are those of the whole.
        let rest = length - self.at
        var header = chunk.slice(chunk.offset..<chunk.offset + TLSRecord.headerLength).bytes
        header.setInteger(UInt16(rest), at: header.readerIndex + 3)
        outlet.insert(header)
        outlet.send(chunk.slice(cut..<chunk.end))
    }
}
