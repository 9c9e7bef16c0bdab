public import FaultKit
import NIOCore

/// Presents a certificate that speaks of another host.
public struct WrongName: HandshakeFault {
    public static let manual = Manual(
        name: "wrong-name",
        summary: "presents a certificate that speaks of another host",
        requirement:
            "The client refuses the handshake because no name on the certificate is the host that it "
            + "called (RFC 9525), and sends no request.",
        knobs: [
            .init("name", "the only name, or address, on the certificate; default wrong.example")
        ],
        example: ["name": "wrong.example"])

    private let name: String

    /// Reads `name`.
    public init(_ knobs: inout Knobs) throws {
        self.name = try knobs.read("name", default: "wrong.example")
        // X.509 has no room for more (ub-common-name, RFC 5280 Appendix A.1).
        guard (1...64).contains(self.name.utf8.count) else {
            throw KnobError(
                knob: "name", "'name' has \(self.name.utf8.count) bytes; write 1 to 64 of them")
        }
    }

    public func edit(_ handshake: inout Handshake, using dice: inout Dice) {
        let isAddress = (try? SocketAddress(ipAddress: self.name, port: 0)) != nil
        handshake.certificate.commonName = self.name
        handshake.certificate.names = [isAddress ? .ip(self.name) : .dns(self.name)]
    }
}
