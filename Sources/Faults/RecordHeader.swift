public import FaultKit
import NIOCore

/// Says another content type or version of a TLS record.
public struct RecordHeader: StreamFault {
    public static let manual = Manual(
        name: "record-header",
        summary: "says another content type or version of a TLS record",
        requirement:
            "The client ends the connection with unexpected_message if it does not know the type (RFC 8446 §5), or with bad_record_mac, as both are authenticated; of a plaintext record the version is ignored.",
        knobs: RecordChoice.knobs + [
            .init("content-type", "the type, 0 to 255; default as it is"),
            .init("version", "the version, such as 0x0300; default as it is"),
        ],
        example: ["record": "3", "content-type": "99"])

    public static let unit = StreamUnit.record

    private var choice: RecordChoice
    private let type: UInt8?
    private let version: UInt16?

    /// Reads `record`, `of`, `content-type`, `version`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try RecordChoice(&knobs)
        self.type = try knobs.readIfSet("content-type", as: FieldNumber<UInt8>.self)?.value
        self.version = try knobs.readIfSet("version", as: FieldNumber<UInt16>.self)?.value
        guard self.type != nil || self.version != nil else {
            throw KnobError(
                knob: "content-type",
                "'content-type' is missing, and so is 'version'; write one of them")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard self.choice.isNext(chunk), chunk.count >= TLSRecord.headerLength else {
            return outlet.send(chunk)
        }
        var record = chunk
        if let type { record.edit(at: chunk.offset) { _ in type } }
        if let version {
            record.edit(at: chunk.offset + 1) { _ in UInt8(version >> 8) }
            record.edit(at: chunk.offset + 2) { _ in UInt8(version & 0xFF) }
        }
        outlet.send(record)
    }
}
