public import FaultKit
import NIOCore

/// Leaves frames of HTTP/2 out.
public struct DropFrame: StreamFault {
    public static let manual = Manual(
        name: "drop-frame",
        summary: "leaves frames of HTTP/2 out",
        requirement:
            "The client does not wait for ever: for SETTINGS or their acknowledgement (RFC 9113 §6.5.3), for an answered PING (§6.7), for a window (§6.9), or for the rest of a body; bytes that are missing it notices by Content-Length (§8.1.1).",
        knobs: FrameChoice.knobs,
        example: ["of": "SETTINGS", "only": "ack"])

    public static let unit = StreamUnit.frame

    private var choice: FrameChoice

    /// Reads `of`, `frame`, `times`, `only`.
    public init(_ knobs: inout Knobs) throws { self.choice = try FrameChoice(&knobs, of: .data) }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard let frame = Frame(chunk), self.choice.includes(frame) else {
            return outlet.send(chunk)
        }
    }
}
