public import FaultKit

/// Answers the ClientHello with plain HTTP.
public struct PlainHTTP: HandshakeFault {
    public static let manual = Manual(
        name: "plain-http",
        summary: "answers the ClientHello with plain HTTP",
        requirement: "The client ends the connection, and does not go on without TLS.",
        knobs: [], example: [:])

    /// Reads nothing.
    public init(_ knobs: inout Knobs) throws {}

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.refusal = .plainHTTP
    }
}
