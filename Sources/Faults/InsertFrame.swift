public import FaultKit
import NIOCore

/// Puts frames of HTTP/2 that no server says before one, or behind it.
public struct InsertFrame: StreamFault {
    public static let manual = Manual(
        name: "insert-frame",
        summary: "puts frames of HTTP/2 before one that the server says, or behind it",
        requirement:
            "The client ignores frames of types that it does not know (RFC 9113 §5.5), and ends the connection, or the stream, for those that must not come here (§5.1, §6): DATA behind END_STREAM, frames on streams that were never opened, PRIORITY of the wrong size. It gives up on a server that floods it (§10.5).",
        knobs: FrameChoice.knobs + [
            .init("type", "the inserted frames' type, 0 to 255"),
            .init("flags", "their flags; default 0"),
            .init(
                "stream", "their stream, or same (default): that of the frame that they stand at"),
            .init(
                "payload", "their payload in hexadecimal, such as 0000000000000000; default none"),
            .init("size", "bytes of payload by chance, 0 to 16384, instead"),
            .init("count", "how many, 1 to 100000; default 1"),
            .init("place", "before (default) or behind"),
        ],
        example: ["of": "HEADERS", "type": "0x6", "stream": "0", "payload": "0011223344556677"])

    public static let unit = StreamUnit.frame

    private enum Side: String, CaseIterable, KnobValue { case before, behind }
    private enum Stream: KnobValue {
        static let form = "a number from 0 to 2147483647, or same"
        case same
        case number(UInt32)

        init?(knob text: String) {
            if text == "same" {
                self = .same
            } else if let number = FieldNumber<UInt32>(knob: text), number.value < 1 << 31 {
                self = .number(number.value)
            } else {
                return nil
            }
        }
    }

    private var choice: FrameChoice
    private let type: UInt8
    private let flags: UInt8
    private let stream: Stream
    private let payload: HexBytes
    private let size: Int?
    private let count: Int
    private let side: Side

    /// Reads `of`, `frame`, `times`, `only`, `type`, `flags`, `stream`, `payload`, `size`, `count`, `place`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try FrameChoice(&knobs, of: .headers)
        self.type = try knobs.read("type", as: FieldNumber<UInt8>.self).value
        self.flags = try knobs.readIfSet("flags", as: FieldNumber<UInt8>.self)?.value ?? 0
        self.stream = try knobs.read("stream", default: .same)
        self.payload = try knobs.read("payload", default: HexBytes())
        self.size = try knobs.readIfSet("size", as: Int.self)
        self.count = try knobs.read("count", default: 1)
        self.side = try knobs.read("place", default: .before)
        guard (0...16_384).contains(self.size ?? 0) else {
            throw KnobError(knob: "size", "'size' is out of range; write 0 to 16384")
        }
        guard (1...100_000).contains(self.count) else {
            throw KnobError(knob: "count", "'count' is out of range; write 1 to 100000")
        }
        try Frame.bound(self.count, of: self.size ?? self.payload.bytes.count)
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard let frame = Frame(chunk), self.choice.includes(frame) else {
            return outlet.send(chunk)
        }
        let stream: UInt32 =
            if case .number(let number) = self.stream { number } else { frame.stream }
        var inserted = ByteBuffer()
        for _ in 0..<self.count {
            let payload = self.size.map { size in (0..<size).map { _ in UInt8(dice.roll(0..<256)) }
            }
            var bytes = Frame(
                type: self.type, flags: self.flags, stream: stream,
                payload: payload ?? self.payload.bytes
            ).bytes
            inserted.writeBuffer(&bytes)
        }
        if self.side == .before { outlet.insert(inserted) }
        outlet.send(chunk)
        if self.side == .behind { outlet.insert(inserted) }
    }
}
