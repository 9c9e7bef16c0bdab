public import FaultKit

/// Puts less plaintext into each TLS record.
public struct RecordSize: HandshakeFault {
    public static let manual = Manual(
        name: "record-size",
        summary: "puts less plaintext into each TLS record",
        requirement:
            "The client takes records of any size up to 16 KiB (RFC 8446 §5.1), or as much as its input buffer holds.",
        knobs: [
            .init(
                "bytes",
                "the most plaintext of a record, 1B to 16KiB; default 1KiB; below 512 bytes for data only"
            )
        ],
        example: ["bytes": "512"])

    private let bytes: Int

    /// Reads `bytes`.
    public init(_ knobs: inout Knobs) throws {
        self.bytes = try knobs.read("bytes", default: ByteCount(1024)).bytes
        guard (1...16_384).contains(self.bytes) else {
            throw KnobError(knob: "bytes", "'bytes' is out of range; write 1 to 16KiB")
        }
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.recordSize = self.bytes
    }
}
