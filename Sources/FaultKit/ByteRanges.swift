/// The value of a `Range` field in bytes (RFC 9110 §14.1.2).
package struct ByteRanges: Hashable {
    package enum Spec: Hashable {
        /// `first-last`; the last is `Int.max` in `first-`.
        case from(Int, through: Int)
        /// `-count`
        case suffix(Int)
    }

    package let specs: [Spec]

    /// The most ranges that a request may name; one with more is answered with the whole.
    package static let limit = 64

    /// - Returns: nil if the field is to be ignored: another unit, a syntax error, or too many ranges.
    package init?(_ value: String) {
        var reader = FieldReader(value)
        let unit = reader.take(while: \.isToken)
        guard unit.map(\.asciiLowercased).elementsEqual("bytes".utf8), reader.take("="),
            let specs = reader.list({ Self.spec(&$0) }), (1...Self.limit).contains(specs.count)
        else { return nil }
        self.specs = specs
    }

    private static func spec(_ reader: inout FieldReader) -> Spec? {
        if reader.take("-") { return reader.number().map { .suffix($0) } }
        guard let first = reader.number(), reader.take("-") else { return nil }
        guard let last = reader.number() else { return .from(first, through: .max) }
        return first <= last ? .from(first, through: last) : nil
    }

    /// The ranges that a content of so many bytes can satisfy, in the order of the request. Those that
    /// overlap or touch are one, in the place of the first of them (RFC 9110 §15.3.7.2).
    package func resolved(in count: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for var range in self.specs.compactMap({ Self.range($0, in: count) }) {
            var place = ranges.count
            for index in ranges.indices.reversed() where ranges[index].touches(range) {
                range = ranges.remove(at: index).joined(with: range)
                place = index
            }
            ranges.insert(range, at: place)
        }
        return ranges
    }

    private static func range(_ spec: Spec, in count: Int) -> Range<Int>? {
        switch spec {
        case .from(let first, let last):
            first < count ? first..<min(last, count - 1) + 1 : nil
        case .suffix(let length):
            length > 0 && count > 0 ? count - min(length, count)..<count : nil
        }
    }
}

extension Range<Int> {
    fileprivate func touches(_ other: Range<Int>) -> Bool {
        self.lowerBound <= other.upperBound && other.lowerBound <= self.upperBound
    }

    fileprivate func joined(with other: Range<Int>) -> Range<Int> {
        Swift.min(self.lowerBound, other.lowerBound)..<Swift.max(self.upperBound, other.upperBound)
    }
}
