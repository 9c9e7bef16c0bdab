public import FaultKit
import NIOCore

/// Promises a response that the client has not asked for.
public struct PushPromise: StreamFault {
    public static let manual = Manual(
        name: "push-promise",
        summary: "promises, by HTTP/2's PUSH_PROMISE, a response that the client has not asked for",
        requirement:
            "The client that has forbidden it with SETTINGS_ENABLE_PUSH ends the connection with PROTOCOL_ERROR (RFC 9113 §6.6); any other resets the promised stream, or ignores it. None takes it for the image.",
        knobs: [
            .init("path", "the promised request's path; default /firmware.bin"),
            .init("promised", "the promised stream; an even number from 2, default 2, is right"),
            .init("answered", "whether a response with four bytes follows: yes or no (default)"),
        ],
        example: ["answered": "yes"])

    public static let unit = StreamUnit.frame

    private let path: String
    private let promised: UInt32
    private let isAnswered: Bool
    private var hasStruck = false

    /// Reads `path`, `promised`, `answered`.
    public init(_ knobs: inout Knobs) throws {
        self.path = try knobs.read("path", default: "/firmware.bin")
        self.promised = try knobs.readIfSet("promised", as: FieldNumber<UInt32>.self)?.value ?? 2
        self.isAnswered = try knobs.read("answered", default: false)
        guard self.path.utf8.count < 127 else {
            throw KnobError(knob: "path", "'path' is too long; write up to 126 bytes")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard !self.hasStruck, let frame = Frame(chunk), frame.isA(.headers) else {
            return outlet.send(chunk)
        }
        self.hasStruck = true
        outlet.insert(
            Frame(
                .pushPromise, flags: Frame.Flag.endHeaders, stream: frame.stream,
                payload: self.promised.bigEndianBytes + self.request
            ).bytes)
        outlet.send(chunk)
        guard self.isAnswered else { return }
        // `:status 200` is entry 8 of HPACK's static table (RFC 7541 Appendix A).
        outlet.insert(
            Frame(.headers, flags: Frame.Flag.endHeaders, stream: self.promised, payload: [0x88])
                .bytes)
        outlet.insert(
            Frame(
                .data, flags: Frame.Flag.endStream, stream: self.promised,
                payload: Array("push".utf8)
            ).bytes)
    }

    /// `GET`, `https`, path and authority, as literals that enter no table (RFC 7541 §6.2.2).
    private var request: [UInt8] {
        func literal(_ index: UInt8, _ text: String) -> [UInt8] {
            [index, UInt8(text.utf8.count)] + Array(text.utf8)
        }
        return [0x82, 0x87] + literal(0x04, self.path) + literal(0x01, "localhost")
    }
}
