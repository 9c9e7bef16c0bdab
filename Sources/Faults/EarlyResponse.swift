public import FaultKit
import NIOCore

/// Answers before anything was asked.
public struct EarlyResponse: StreamFault {
    public static let manual = Manual(
        name: "early-response",
        summary:
            "answers before anything was asked, as a server does that gives up an idle connection",
        requirement:
            "The client takes a response that came before its request for none of its own (RFC 9112 §9.2): it "
            + "asks again on another connection, or gives up, and installs nothing of it.",
        knobs: [
            .init("status", "the response's status code, 200 to 999; default 408"),
            .init(
                "ending",
                "how the connection ends behind it: clean (default), cut, reset or hang; none: it goes on"
            ),
        ],
        example: ["status": "408"])

    public static var place: Place? { .http }

    private enum End: KnobValue {
        static let form = "clean, cut, reset, hang or none"
        case none
        case ending(Ending)

        init?(knob text: String) {
            if text == "none" {
                self = .none
            } else if let ending = Ending(rawValue: text), ending != .closeNotify {
                self = .ending(ending)
            } else {
                return nil
            }
        }
    }

    private let response: ByteBuffer
    private let end: End

    /// Reads `status` and `ending`.
    public init(_ knobs: inout Knobs) throws {
        let status = try knobs.read("status", default: 408)
        guard (200...999).contains(status) else {
            throw KnobError(knob: "status", "'status' is out of range; write 200 to 999")
        }
        self.end = try knobs.read("ending", default: .ending(.clean))
        let body = "Nobody has asked for this.\n"
        let connection = if case .none = self.end { "keep-alive" } else { "close" }
        // Of HTTP/1.1 whatever the connection speaks: a client of HTTP/2 finds no frame in it.
        self.response = ByteBuffer(
            string:
                "HTTP/1.1 \(status) \(Phrases.phrase(for: status))\r\nConnection: \(connection)\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                + body)
    }

    public func begin(_ outlet: inout Outlet, using dice: inout Dice) {
        outlet.insert(self.response)
        if case .ending(let ending) = self.end { outlet.end(ending) }
    }

    public func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        outlet.send(chunk)
    }
}
