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
        knobs: [
            .init("count", "how many, 1 to 1MiB; default 1024"),
            .init(
                "response", "yes: they are a second response, which nobody asked for; default no"),
        ],
        example: ["count": "1024"])

    private let count: Int
    private let isResponse: Bool

    /// Reads `count` and `response`.
    public init(_ knobs: inout Knobs) throws {
        self.isResponse = try knobs.read("response", default: false)
        let count = try knobs.readIfSet("count", as: ByteCount.self)?.bytes
        guard count == nil || !self.isResponse else {
            throw KnobError(knob: "count", "a response has its own length; leave 'count' out")
        }
        self.count = count ?? 1024
        guard (1...1 << 20).contains(self.count) else {
            throw KnobError(knob: "count", "'count' is out of range; write 1 to 1MiB")
        }
    }

    private static let second = ByteBuffer(
        string: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Type: text/plain\r\n\r\nsmuggled\n"
    )

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        guard request.method != "HEAD" else { return }
        guard !self.isResponse else {
            // The connection stays, so that it is there for the next request.
            return response.body.parts.append(.bytes(Self.second))
        }
        response.body.parts.append(.bytes(ByteBuffer(repeating: 0xA5, count: self.count)))
        response.sequel = .end(.clean)
    }
}
