import FaultKit
import Glibc
import NIOCore

/// An address of a client. An IPv4 address that is mapped into IPv6 (RFC 4291 §2.5.5.2), as a socket
/// for both kinds shows it, is the IPv4 address.
struct ClientAddress: Hashable, Sendable {
    /// 4 bytes or 16.
    fileprivate let bytes: [UInt8]

    fileprivate init(bytes: [UInt8]) {
        let isMapped = bytes.count == 16 && bytes.starts(with: Self.mappedPrefix)
        self.bytes = isMapped ? Array(bytes[12...]) : bytes
    }

    fileprivate static let mappedPrefix: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

    /// - Returns: nil for an address of another kind, such as a socket's in the file system.
    init?(_ address: SocketAddress) {
        guard let bytes = address.ipAddress.flatMap(Self.bytes) else { return nil }
        self.init(bytes: bytes)
    }

    fileprivate static func bytes(of text: String) -> [UInt8]? {
        guard !text.utf8.contains(0) else { return nil }
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}

/// The clients that a rule is for: one address, or a network.
struct Network: KnobValue, Hashable, CustomStringConvertible {
    static let form =
        "an address such as 192.168.2.106, or a network such as 10.0.0.0/8 or fd00::/8"

    let description: String
    private let base: ClientAddress
    private let prefix: Int

    init?(knob text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let bytes = ClientAddress.bytes(of: parts[0]) else { return nil }
        var prefix = bytes.count * 8
        if parts.count == 2 {
            guard let written = Span(knob: parts[1]), written.upper == written.lower,
                written.lower <= prefix
            else { return nil }
            prefix = written.lower
        }
        let base = ClientAddress(bytes: bytes)
        if base.bytes.count < bytes.count {
            // A mapped address whose prefix is shorter than the mapping is no network of one kind.
            guard prefix >= 96 else { return nil }
            prefix -= 96
        }
        self.base = base
        self.prefix = prefix
        self.description = text
    }

    func contains(_ client: ClientAddress) -> Bool {
        guard client.bytes.count == self.base.bytes.count else { return false }
        let whole = self.prefix / 8
        guard client.bytes[..<whole] == self.base.bytes[..<whole] else { return false }
        let rest = self.prefix % 8
        guard rest > 0 else { return true }
        return (client.bytes[whole] ^ self.base.bytes[whole]) >> (8 - rest) == 0
    }
}
