import FaultKit
import Glibc

/// The hosts that a certificate is for when nobody says which.
package enum Hosts {
    /// This machine's IPv4 addresses, `localhost`, its global IPv6 addresses, and the loopback
    /// ones.
    ///
    /// The first is what a device on the same network would use, so that it becomes the CN.
    package static func local() -> [String] { Self.order(Self.addresses()) }

    /// The hosts that names stand for, each once: an address is there as an iPAddress and as a dNSName.
    static func named(in names: [SubjectAltName]) -> [String] {
        var seen: Set<String> = []
        return names.compactMap { name in
            switch name {
            case .dns(let text), .ip(let text): text
            case .uri: nil
            }
        }.filter { seen.insert($0).inserted }
    }

    /// For sentences.
    static func described(_ names: [SubjectAltName]) -> String {
        Self.named(in: names).joined(separator: ", ")
    }

    /// Puts addresses in the order of ``local()``.
    static func order(_ addresses: [HostAddress]) -> [String] {
        let usable = addresses.filter { !$0.isLoopback && !$0.isIPv6LinkLocal }
        let ordered =
            usable.filter(\.isIPv4).map(\.description) + ["localhost"]
            + usable.filter { !$0.isIPv4 }.map(\.description) + ["127.0.0.1", "::1"]
        var seen: Set<String> = []
        return ordered.filter { seen.insert($0).inserted }
    }

    /// The addresses of the interfaces that are up, in the kernel's order.
    private static func addresses() -> [HostAddress] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        return sequence(first: list, next: { $0?.pointee.ifa_next }).compactMap { entry in
            guard let entry, entry.pointee.ifa_flags & UInt32(IFF_UP) != 0,
                let address = entry.pointee.ifa_addr
            else { return nil }
            let raw = UnsafeRawPointer(address)
            switch Int32(address.pointee.sa_family) {
            case AF_INET:
                let start = MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 0
                return HostAddress(UnsafeRawBufferPointer(start: raw + start, count: 4))
            case AF_INET6:
                let start = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 0
                return HostAddress(UnsafeRawBufferPointer(start: raw + start, count: 16))
            default: return nil
            }
        }
    }
}
