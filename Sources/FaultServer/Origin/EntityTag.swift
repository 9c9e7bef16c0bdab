import FaultKit

/// What names one content of a resource (RFC 9110 §8.8.3).
struct EntityTag: Hashable, CustomStringConvertible {
    let isWeak: Bool
    /// What stands between the quotes.
    let opaque: String
    /// As fields write it: `W/"x"`.
    let description: String

    /// A strong tag.
    init(_ opaque: String) { self.init(opaque, isWeak: false) }

    private init(_ opaque: String, isWeak: Bool) {
        self.isWeak = isWeak
        self.opaque = opaque
        self.description = (isWeak ? "W/" : "") + "\"\(opaque)\""
    }

    /// Reads one tag, quotes included.
    init?(_ reader: inout FieldReader) {
        var ahead = reader
        let isWeak = ahead.take("W/")
        guard ahead.take("\"") else { return nil }
        let opaque = ahead.take { $0 == 0x21 || (0x23...0x7E).contains($0) || $0 >= 0x80 }
        guard ahead.take("\"") else { return nil }
        self.init(
            String(String.UnicodeScalarView(opaque.map { Unicode.Scalar($0) })), isWeak: isWeak)
        reader = ahead
    }

    /// Strong comparison: both are strong, and the same (RFC 9110 §8.8.3.2).
    func isStrongly(_ other: EntityTag) -> Bool {
        !self.isWeak && !other.isWeak && self.opaque == other.opaque
    }

    /// Weak comparison.
    func isWeakly(_ other: EntityTag) -> Bool { self.opaque == other.opaque }
}

/// The value of `If-Match` and `If-None-Match`: `*`, or a list of tags.
enum EntityTags: Hashable {
    case any
    case list([EntityTag])

    /// - Parameter values: those of all fields of the name. What is malformed names no tag.
    init(_ values: [String]) {
        var reader = FieldReader(values.joined(separator: ","))
        var star = reader
        star.skipSpaces()
        if star.take("*") {
            star.skipSpaces()
            self = star.isAtEnd ? .any : .list([])
        } else {
            self = .list(reader.list { EntityTag(&$0) } ?? [])
        }
    }
}
