/// What is wrong with an image, and where.
public struct AppImageFlaw: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first place in the file that is meant; the file's length if something is missing there.
    public let offset: Int
    /// What is wrong there, as the beginning of a sentence: `the segment count`.
    public let subject: String
    /// What a valid image has there.
    public let expected: String
    /// What this one has.
    public let found: String

    /// A flaw.
    public init(at offset: Int, _ subject: String, expected: String, found: String) {
        self.offset = offset
        self.subject = subject
        self.expected = expected
        self.found = found
    }

    /// One sentence: `at offset 1 (0x1): the segment count: expected 1 to 16, found 17`.
    public var description: String {
        "at offset \(self.offset) (\(hexadecimal(self.offset))): \(self.subject): "
            + "expected \(self.expected), found \(self.found)"
    }
}

/// `0x1a` with at least so many digits.
package func hexadecimal(_ value: some BinaryInteger, digits: Int = 1) -> String {
    let text = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: Swift.max(0, digits - text.count)) + text
}

extension Collection where Element == UInt8 {
    /// Two digits a byte.
    package var hexadecimalDigits: String {
        var text = ""
        for byte in self { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return text
    }
}

extension String {
    /// Without control characters: a foreign image must not be able to drive a terminal.
    var printable: String {
        String(
            String.UnicodeScalarView(
                self.unicodeScalars.map {
                    switch $0.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: $0
                    }
                }))
    }
}
