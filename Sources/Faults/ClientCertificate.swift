public import FaultKit

/// Wants a certificate of the client.
public struct ClientCertificate: HandshakeFault {
    public static let manual = Manual(
        name: "client-certificate",
        summary: "wants a certificate of the client, and goes no further without",
        requirement:
            "The client that has no certificate says so (RFC 8446 §4.4.2), and takes the server's refusal for "
            + "what it is.",
        knobs: [], example: [:])

    /// Reads nothing.
    public init(_ knobs: inout Knobs) throws {}

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.wantsClientCertificate = true
    }
}
