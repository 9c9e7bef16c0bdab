import Glibc

/// Events as lines for a person, in colour if the descriptor is a terminal.
public final class ConsoleSink: JournalSink {
    private let descriptor: Int32
    private let isColoured: Bool

    /// - Parameter isColoured: whether escape sequences may be written.
    public init(descriptor: Int32, isColoured: Bool) {
        self.descriptor = descriptor
        self.isColoured = isColoured
    }

    public func write(_ event: Event) {
        guard let (text, tone) = event.line else { return }
        let code = self.isColoured ? tone.code : nil
        Array((code.map { "\u{1B}[\($0)m\(text)\u{1B}[0m\n" } ?? text + "\n").utf8).writeAll(
            to: self.descriptor)
    }

    public func close() {}
}

extension Event.Tone {
    /// The parameter of the escape sequence SGR (ECMA-48 §8.3.117).
    fileprivate var code: String? {
        switch self {
        case .plain: nil
        case .quiet: "2"
        case .fault: "1;31"
        case .warning: "33"
        }
    }
}

extension Collection<UInt8> {
    /// Writes all bytes. A reader that went away, or a full disk, must not stop the server, so what
    /// cannot be written is lost.
    package func writeAll(to descriptor: Int32) {
        var rest = Array(self)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }
}
