public import FaultKit
import NIOCore

/// Ends a stream of HTTP/2 with RST_STREAM.
public struct RSTStream: StreamFault {
    public static let manual = Manual(
        name: "rst-stream",
        summary: "ends a stream of HTTP/2 with RST_STREAM in the middle of a body",
        requirement:
            "The client throws away what it has of that body, and asks again at once only for REFUSED_STREAM (RFC 9113 §8.7); other streams of the connection go on.",
        knobs: [
            .init("code", "a name such as INTERNAL_ERROR (default) or CANCEL, or a number"),
            .init("at", "bytes of the body before it, whatever the range; default 0"),
            .init("stream", "which stream that has a body, from 1; default 1"),
        ],
        example: ["code": "CANCEL", "at": "10000"])

    public static let unit = StreamUnit.frame

    private let code: ErrorCode
    private let at: ByteCount
    private let number: Int
    /// Streams whose bodies have begun, and bytes of each.
    private var bodies: [UInt32: Int] = [:]
    private var chosen: UInt32?
    private var hasStruck = false

    /// Reads `code`, `at`, `stream`.
    public init(_ knobs: inout Knobs) throws {
        self.code = try knobs.read("code", default: .internalError)
        self.at = try knobs.read("at", default: ByteCount(0))
        self.number = try knobs.read("stream", default: 1)
        guard self.number >= 1 else {
            throw KnobError(knob: "stream", "'stream' is out of range; write a number from 1")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard let frame = Frame(chunk), frame.isA(.data) else { return outlet.send(chunk) }
        if self.bodies[frame.stream] == nil {
            self.bodies[frame.stream] = 0
            if self.bodies.count == self.number { self.chosen = frame.stream }
        }
        guard frame.stream == self.chosen else { return outlet.send(chunk) }
        // What follows on the stream is not sent: it is closed.
        guard !self.hasStruck else { return }
        let before = self.bodies[frame.stream, default: 0]
        guard before + frame.payload.count > self.at.bytes else {
            self.bodies[frame.stream] = before + frame.payload.count
            return outlet.send(chunk)
        }
        self.hasStruck = true
        let part = Array(frame.payload.prefix(self.at.bytes - before))
        if !part.isEmpty {
            outlet.insert(Frame(.data, stream: frame.stream, payload: part).bytes)
        }
        outlet.insert(
            Frame(.rstStream, stream: frame.stream, payload: self.code.number.bigEndianBytes).bytes)
    }
}
