import FaultKit

/// A pattern: `*` is any run of characters, also none, also slashes; `?` is one character; the rest
/// means itself.
struct Glob: Hashable, Sendable {
    private let pattern: [UInt8]
    let hasWildcard: Bool

    init(_ pattern: String) {
        self.pattern = Array(pattern.utf8)
        self.hasWildcard = self.pattern.contains { $0 == Self.any || $0 == Self.one }
    }

    private static let any = UInt8(ascii: "*")
    private static let one = UInt8(ascii: "?")

    /// Whether the pattern fits the whole of a text in UTF-8. Time is at most the product of the
    /// lengths.
    func matches(_ text: [UInt8]) -> Bool {
        guard self.hasWildcard else { return self.pattern == text }
        var place = 0
        var index = 0
        /// Where to go on if what follows the last `*` does not fit: one byte more goes to the `*`.
        var retry: (index: Int, place: Int)?
        while place < text.count {
            if index < self.pattern.count, self.pattern[index] == Self.any {
                retry = (index + 1, place)
                index += 1
            } else if index < self.pattern.count, self.pattern[index] == Self.one {
                index += 1
                place = Self.character(behind: place, in: text)
            } else if index < self.pattern.count, self.pattern[index] == text[place] {
                index += 1
                place += 1
            } else if let last = retry {
                retry = (last.index, last.place + 1)
                (index, place) = (last.index, last.place + 1)
            } else {
                return false
            }
        }
        return self.pattern[index...].allSatisfy { $0 == Self.any }
    }

    /// The place behind the character that begins at a place.
    private static func character(behind place: Int, in text: [UInt8]) -> Int {
        var end = place + 1
        while end < text.count, text[end] & 0b1100_0000 == 0b1000_0000 { end += 1 }
        return end
    }
}

/// The path that a request must ask for, decoded and without its query.
struct PathPattern: KnobValue, Hashable, CustomStringConvertible {
    static let form = "a path that begins with '/', such as /firmware.bin or /*.bin"

    let description: String
    private let glob: Glob

    init?(knob text: String) {
        guard text.hasPrefix("/") else { return nil }
        self.description = text
        self.glob = Glob(text)
    }

    /// The path, if there is only one that the pattern fits.
    var literal: String? { self.glob.hasWildcard ? nil : self.description }

    /// - Parameter path: as ``decoded(_:)`` gives it.
    func matches(_ path: [UInt8]) -> Bool { self.glob.matches(path) }

    /// A request's path with its percent-encoding undone (RFC 3986 §2.1). What is no encoding stays.
    static func decoded(_ path: String) -> [UInt8] {
        let bytes = Array(path.utf8)
        let percent = UInt8(ascii: "%")
        guard bytes.contains(percent) else { return bytes }
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == percent, index + 2 < bytes.count,
                let high = Self.digit(bytes[index + 1]), let low = Self.digit(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return decoded
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46, 0x61...0x66: byte.asciiLowercased - 0x61 + 10
        default: nil
        }
    }
}

/// The server name that a client must ask for, in any case (RFC 6066 §3).
struct NamePattern: KnobValue, Hashable, CustomStringConvertible {
    static let form = "a server name such as localhost or *.example.test"

    let description: String
    private let glob: Glob

    init?(knob text: String) {
        guard !text.isEmpty, !text.contains(" ") else { return nil }
        self.description = text
        self.glob = Glob(Self.folded(text))
    }

    func matches(_ name: String) -> Bool { self.glob.matches(Array(Self.folded(name).utf8)) }

    private static func folded(_ text: String) -> String {
        String(decoding: text.utf8.map(\.asciiLowercased), as: UTF8.self)
    }
}
