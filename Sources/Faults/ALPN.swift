public import FaultKit

/// Answers the protocols that a client offers in another way.
public struct ALPN: HandshakeFault {
    public static let manual = Manual(
        name: "alpn",
        summary: "answers the protocols that a client offers in another way",
        requirement:
            "The client goes no further with a protocol that it has not offered, and with illegal_parameter (RFC 7301 §3.2); one that offers none is not concerned.",
        knobs: [
            .init(
                "answer",
                "none (default): there is no answer; refused: the fatal alert no_application_protocol; or a protocol, such as h2, offered or not"
            ),
            .init(
                "speaks",
                "http/1.1 or h2: what the server speaks, whatever was negotiated; default what was, where it can"
            ),
        ],
        example: ["answer": "h2"])

    private let answer: Handshake.ALPN
    private let spoken: Handshake.ApplicationProtocol?

    /// Reads `answer` and `speaks`.
    public init(_ knobs: inout Knobs) throws {
        self.spoken = try knobs.readIfSet("speaks", as: Handshake.ApplicationProtocol.self)
        switch try knobs.read("answer", default: "none") {
        case "none": self.answer = .unanswered
        case "refused": self.answer = .refused
        case let name:
            guard (1...255).contains(name.utf8.count) else {
                throw KnobError(knob: "answer", "'answer' is too long; write up to 255 bytes")
            }
            self.answer = .chosen(name)
        }
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.alpn = self.answer
        if let spoken { handshake.speaks = spoken }
    }
}
