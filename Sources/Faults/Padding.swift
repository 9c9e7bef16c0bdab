public import FaultKit
import NIOCore

/// Pads DATA frames, rightly or not.
public struct Padding: StreamFault {
    public static let manual = Manual(
        name: "padding",
        summary: "pads DATA frames of HTTP/2, rightly or with a length that cannot be",
        requirement:
            "The client leaves padding out of the body, counts it in the window, and ends the connection with PROTOCOL_ERROR where it is as long as the frame (RFC 9113 §6.1).",
        knobs: FrameChoice.knobs + [
            .init("bytes", "how many, 0 to 255; default 16"),
            .init("said", "how many are said, 0 to 255; default as many"),
        ],
        example: ["said": "255", "bytes": "0"])

    public static let unit = StreamUnit.frame

    private var choice: FrameChoice
    private let count: Int
    private let said: Int

    /// Reads `of`, `frame`, `times`, `only`, `bytes`, `said`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try FrameChoice(&knobs, of: .data)
        self.count = try knobs.read("bytes", default: 16)
        self.said = try knobs.read("said", default: self.count)
        guard (0...255).contains(self.count) else {
            throw KnobError(knob: "bytes", "'bytes' is out of range; write 0 to 255")
        }
        guard (0...255).contains(self.said) else {
            throw KnobError(knob: "said", "'said' is out of range; write 0 to 255")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard var frame = Frame(chunk), frame.isA(.data), self.choice.includes(frame) else {
            return outlet.send(chunk)
        }
        // More than that no frame may have (RFC 9113 §4.2): the rest goes into one of its own.
        let room = 16_384 - 1 - self.count
        var rest: Frame?
        if frame.payload.count > room {
            rest = Frame(
                type: frame.type, flags: frame.flags, stream: frame.stream,
                payload: Array(frame.payload[room...]))
            frame.payload.removeSubrange(room...)
            frame.flags &= ~Frame.Flag.endStream
        }
        frame.flags |= Frame.Flag.padded
        // Where more is said than there is, it has to be more than the frame has.
        let payload = self.said > self.count ? [] : frame.payload
        frame.payload = [UInt8(self.said)] + payload + [UInt8](repeating: 0, count: self.count)
        outlet.insert(frame.bytes)
        if let rest { outlet.insert(rest.bytes) }
    }
}
