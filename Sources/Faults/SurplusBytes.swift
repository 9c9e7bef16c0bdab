public import FaultKit
import NIOCore

/// Sends more than was announced.
public struct SurplusBytes: ResponseFault {
    public static let manual = Manual(
        name: "surplus-bytes",
        summary: "sends more bytes behind the body than were announced",
        requirement:
            "The client takes no more than the length that it was told (RFC 9112 §6.3), and no rest for the "
            + "beginning of another response.",
        knobs: [.init("count", "how many, 1 to 1MiB; default 1024")],
        example: ["count": "1024"])

    private let count: Int

    /// Reads `count`.
    public init(_ knobs: inout Knobs) throws {
        self.count = try knobs.read("count", default: ByteCount(1024)).bytes
        guard (1...1 << 20).contains(self.count) else {
            throw KnobError(knob: "count", "'count' is out of range; write 1 to 1MiB")
        }
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        guard request.method != "HEAD" else { return }
        let bytes = ByteBuffer(repeating: 0xA5, count: self.count)
        response.body.parts.append(.bytes(bytes))
        response.sequel = .end(.clean)
    }
}
