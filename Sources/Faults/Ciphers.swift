public import FaultKit

/// Offers other cipher suites of TLS 1.2.
public struct Ciphers: HandshakeFault {
    public static let manual = Manual(
        name: "ciphers",
        summary: "offers other cipher suites, of TLS 1.2 and older",
        requirement:
            "The client offers no suite without encryption or forward secrecy unless it has to, and ends the "
            + "handshake with a server that has none in common with it (RFC 5246 §7.4.1).",
        knobs: [.init("list", "as OpenSSL lists them, such as DHE-RSA-AES128-GCM-SHA256")],
        example: ["list": "DHE-RSA-AES128-GCM-SHA256"])

    private let list: String

    /// Reads `list`.
    public init(_ knobs: inout Knobs) throws {
        let list = try knobs.readList("list", of: String.self)
        guard !list.isEmpty else {
            throw KnobError(
                knob: "list", "'list' is missing; write names as 'openssl ciphers' does")
        }
        self.list = list.joined(separator: ":")
    }

    /// TLS 1.3 has suites of its own, which this does not choose.
    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.ciphers = self.list
        if handshake.versions.upperBound > .tls1_2 {
            handshake.versions = min(handshake.versions.lowerBound, .tls1_2) ... .tls1_2
        }
    }
}
