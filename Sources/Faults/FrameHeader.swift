public import FaultKit
import NIOCore

/// Says other things in the header of a frame of HTTP/2.
public struct FrameHeader: StreamFault {
    public static let manual = Manual(
        name: "frame-header",
        summary:
            "says another type, other flags, another stream or length in the header of a frame of HTTP/2",
        requirement:
            "The client ignores types and flags that it does not know (RFC 9113 §4.1, §5.5), and treats a frame that its stream, or no stream, may have now as an error of the stream or the connection (§5.1, §6); a stream that never ends it does not wait for.",
        knobs: FrameChoice.knobs + [
            .init("type", "the type, 0 to 255; default as it is"),
            .init("set", "flags to be set, such as 0x8 (PADDED); default none"),
            .init("clear", "flags to be cleared, such as 0x1 (END_STREAM); default none"),
            .init("stream", "the stream, 0 to 2147483647; default as it is"),
            .init("length", "the length that is said, 0 to 16777215; default as it is"),
        ],
        example: ["of": "DATA", "only": "end", "clear": "0x1"])

    public static let unit = StreamUnit.frame

    private var choice: FrameChoice
    private let type: UInt8?
    private let set: UInt8
    private let clear: UInt8
    private let stream: UInt32?
    private let length: UInt32?

    /// Reads `of`, `frame`, `times`, `only`, `type`, `set`, `clear`, `stream`, `length`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try FrameChoice(&knobs, of: .data)
        self.type = try knobs.readIfSet("type", as: FieldNumber<UInt8>.self)?.value
        self.set = try knobs.readIfSet("set", as: FieldNumber<UInt8>.self)?.value ?? 0
        self.clear = try knobs.readIfSet("clear", as: FieldNumber<UInt8>.self)?.value ?? 0
        self.stream = try knobs.readIfSet("stream", as: FieldNumber<UInt32>.self)?.value
        self.length = try knobs.readIfSet("length", as: FieldNumber<UInt32>.self)?.value
        guard self.stream ?? 0 < 1 << 31 else {
            throw KnobError(knob: "stream", "'stream' is out of range; write 0 to 2147483647")
        }
        guard self.length ?? 0 < 1 << 24 else {
            throw KnobError(knob: "length", "'length' is out of range; write 0 to 16777215")
        }
        guard
            self.type != nil || self.stream != nil || self.length != nil
                || self.set | self.clear != 0
        else {
            throw KnobError(
                knob: "type",
                "'type' is missing, and so are 'set', 'clear', 'stream' and 'length'; write one of them"
            )
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard let frame = Frame(chunk), self.choice.includes(frame) else {
            return outlet.send(chunk)
        }
        var edited = chunk
        if let length { edited.write(length.bigEndianBytes.dropFirst(), at: 0) }
        if let type { edited.write([type], at: 3) }
        edited.write([(frame.flags | self.set) & ~self.clear], at: 4)
        if let stream { edited.write(stream.bigEndianBytes, at: 5) }
        outlet.send(edited)
    }
}

extension Chunk {
    /// - Parameter place: counted from the chunk's first byte.
    fileprivate mutating func write(_ bytes: some Sequence<UInt8>, at place: Int) {
        for (index, byte) in bytes.enumerated() {
            self.edit(at: self.offset + place + index) { _ in byte }
        }
    }
}
