/// Cuts what a device's console says into lines.
///
/// A line ends with a line feed; carriage returns, NULs and the colours of ESP-IDF's log (ECMA-48 control
/// sequences) are taken out, and bytes that are no UTF-8 become U+FFFD. A line that does not end is
/// handed out in parts, so that a device which sends garbage for ever costs no memory.
struct LineReader {
    /// The longest line, in bytes.
    static let limit = 4_096

    private var line: [UInt8] = []
    private var sequence = Sequence.none

    /// Where in a control sequence the next byte stands.
    private enum Sequence {
        case none, escaped, parameters
    }

    /// Whether a line has begun and not ended, as with a prompt.
    var hasPartialLine: Bool { !self.line.isEmpty }

    mutating func read(_ bytes: some Swift.Sequence<UInt8>) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == 0x0A {
                self.sequence = .none
                lines.append(self.take())
            } else if self.isText(byte) {
                self.line.append(byte)
                if self.line.count == Self.limit { lines.append(self.take()) }
            }
        }
        return lines
    }

    /// What was said last, without a line feed; nil if that is nothing.
    mutating func finish() -> String? { self.hasPartialLine ? self.take() : nil }

    private mutating func take() -> String {
        defer { self.line.removeAll(keepingCapacity: true) }
        return String(decoding: self.line, as: UTF8.self)
    }

    /// Whether a byte is text, and not part of a control sequence (ECMA-48 §5.4).
    private mutating func isText(_ byte: UInt8) -> Bool {
        switch self.sequence {
        case .none:
            if byte == 0x1B { self.sequence = .escaped }
            return byte != 0x1B && byte != 0x0D && byte != 0
        case .escaped:
            self.sequence = byte == UInt8(ascii: "[") ? .parameters : .none
            return false
        case .parameters:
            if (0x40...0x7E).contains(byte) { self.sequence = .none }
            return false
        }
    }
}
