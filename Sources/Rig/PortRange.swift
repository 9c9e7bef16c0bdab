import Glibc
import Synchronization

/// Ports below those that systems hand out by themselves (RFC 6335 §6), each once before any comes again.
enum PortRange {
    private static let ports = 20_000..<32_000
    private static let count = Atomic(0)

    static func next() -> Int {
        let number = self.count.wrappingAdd(1, ordering: .relaxed).newValue
        return self.ports.lowerBound + (Int(getpid()) * 97 + number) % self.ports.count
    }
}
