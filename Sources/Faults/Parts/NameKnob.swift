import FaultKit
import NIOCore

/// A name in a certificate, as OpenSSL writes it; or none.
struct NameKnob: KnobValue {
    static let form = "DNS: and a name, IP: and an address, URI: and an address of the web, or none"

    /// Nil: none.
    let name: SubjectAltName?

    init?(knob text: String) {
        if text == "none" {
            self.name = nil
        } else if text.hasPrefix("DNS:") {
            self.name = .dns(String(text.dropFirst(4)).replacing("\\0", with: "\0"))
        } else if text.hasPrefix("URI:") {
            self.name = .uri(String(text.dropFirst(4)))
        } else if text.hasPrefix("IP:") {
            let address = String(text.dropFirst(3))
            guard (try? SocketAddress(ipAddress: address, port: 0)) != nil else { return nil }
            self.name = .ip(address)
        } else {
            return nil
        }
    }
}
