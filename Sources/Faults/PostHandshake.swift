public import FaultKit

/// Asks for a new handshake or new keys in the middle of the data.
public struct PostHandshake: HandshakeFault {
    public static let manual = Manual(
        name: "post-handshake",
        summary: "asks for a new handshake or new keys in the middle of the data",
        requirement:
            "The client goes along with a KeyUpdate (RFC 8446 §4.6.3), and with a HelloRequest or refuses it with no_renegotiation (RFC 5246 §7.4.1.1); no byte of the data is lost.",
        knobs: [
            .init(
                "what",
                "hello-request (TLS 1.2), key-update (default, TLS 1.3) or key-update-requested: the client is to do the same"
            ),
            .init(
                "after", "bytes of plaintext that the server sends before, from 1; default 32KiB"),
        ],
        example: ["what": "key-update", "after": "1000"])

    private let message: Handshake.PostHandshake

    /// Reads `what`, `after`.
    public init(_ knobs: inout Knobs) throws {
        let kind = try knobs.read("what", default: Handshake.PostHandshake.Kind.keyUpdate)
        let after = try knobs.read("after", default: ByteCount(32 << 10)).bytes
        guard after >= 1 else {
            throw KnobError(knob: "after", "'after' is out of range; write a byte count from 1")
        }
        self.message = Handshake.PostHandshake(kind, after: after)
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.postHandshake = self.message
        // Each is of one version only.
        let version: TLSVersion = self.message.kind == .helloRequest ? .tls1_2 : .tls1_3
        handshake.versions = version...version
    }
}
