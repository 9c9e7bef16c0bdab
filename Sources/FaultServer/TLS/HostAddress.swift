import Glibc

/// An IPv4 or IPv6 address, without port and zone.
struct HostAddress: Hashable, CustomStringConvertible {
    /// 4 or 16 bytes, in network order.
    let bytes: [UInt8]

    /// - Parameter bytes: 4 or 16 of them; nil for any other count.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Reads `192.168.2.106` or `fd00::1`.
    init?(_ text: some StringProtocol) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, String(text), &bytes) == 1 {
            self.bytes = Array(bytes.prefix(4))
        } else if inet_pton(AF_INET6, String(text), &bytes) == 1 {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    var isIPv4: Bool { self.bytes.count == 4 }

    var isLoopback: Bool {
        self.isIPv4 ? self.bytes[0] == 127 : self.bytes == [UInt8](repeating: 0, count: 15) + [1]
    }

    /// fe80::/10 (RFC 4291 §2.5.6), which means nothing without a zone.
    var isIPv6LinkLocal: Bool {
        !self.isIPv4 && self.bytes[0] == 0xFE && self.bytes[1] & 0xC0 == 0x80
    }

    /// The canonical text (RFC 5952).
    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(
            self.isIPv4 ? AF_INET : AF_INET6, self.bytes, &text, socklen_t(text.count))
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
