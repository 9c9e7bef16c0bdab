public import FaultKit

/// Wants a certificate of the client.
public struct ClientCertificate: HandshakeFault {
    public static let manual = Manual(
        name: "client-certificate",
        summary: "asks for a certificate of the client, and mostly goes no further without",
        requirement:
            "The client that has no certificate says so (RFC 8446 §4.4.2), and takes the server's refusal for "
            + "what it is.",
        knobs: [
            .init(
                "wants",
                "required (default): any will do; asked: it may have none; trusted: one that the server's own "
                    + "CA has signed; refused: none will do")
        ],
        example: ["wants": "required"])

    private enum Wants: String, CaseIterable, KnobValue { case asked, required, trusted, refused }

    private let wants: Wants

    /// Reads `wants`.
    public init(_ knobs: inout Knobs) throws {
        self.wants = try knobs.read("wants", default: .required)
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        handshake.clientCertificate =
            switch self.wants {
            case .asked: .asked
            case .required: .required
            case .trusted: .trusted
            case .refused: .refused
            }
    }
}
