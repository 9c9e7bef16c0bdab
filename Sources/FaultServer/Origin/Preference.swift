import FaultKit

/// What an `Accept` field prefers (RFC 9110 §12.5.1).
struct Preference {
    /// One media range with its weight.
    private struct Choice {
        let type: String
        let subtype: String
        /// In thousandths.
        let weight: Int

        init?(_ reader: inout FieldReader) {
            let type = reader.take(while: \.isToken)
            guard !type.isEmpty, reader.take("/") else { return nil }
            let subtype = reader.take(while: \.isToken)
            guard !subtype.isEmpty else { return nil }
            self.type = String(decoding: type.map(\.asciiLowercased), as: UTF8.self)
            self.subtype = String(decoding: subtype.map(\.asciiLowercased), as: UTF8.self)
            var weight = 1_000
            while true {
                reader.skipSpaces()
                guard reader.take(";") else { break }
                reader.skipSpaces()
                if reader.take(anyOf: ["q=", "Q="]) != nil {
                    guard let said = reader.weight() else { return nil }
                    weight = said
                } else {
                    _ = reader.take { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: ",") }
                }
            }
            self.weight = weight
        }

        /// How exactly the range names a type: 2 itself, 1 its family, 0 everything; nil not at all.
        func exactness(for type: String, _ subtype: String) -> Int? {
            if self.type == type && self.subtype == subtype { return 2 }
            if self.type == type && self.subtype == "*" { return 1 }
            return self.type == "*" && self.subtype == "*" ? 0 : nil
        }
    }

    private let choices: [Choice]

    /// - Parameter values: those of all `Accept` fields. What is malformed prefers nothing.
    init(_ values: [String]) {
        var reader = FieldReader(values.joined(separator: ","))
        self.choices = reader.list { Choice(&$0) } ?? []
    }

    /// Whether JSON is wanted more than HTML, or as much and named more exactly.
    var isJSON: Bool {
        let json = self.rank("application", "json")
        return json.weight > 0 && json > self.rank("text", "html")
    }

    private func rank(_ type: String, _ subtype: String) -> (weight: Int, exactness: Int) {
        let fitting = self.choices.compactMap { choice in
            choice.exactness(for: type, subtype).map { (weight: choice.weight, exactness: $0) }
        }
        return fitting.max { $0.exactness < $1.exactness } ?? (0, 0)
    }
}

extension FieldReader {
    /// A weight from 0 to 1 with up to three decimals, in thousandths (RFC 9110 §12.4.2).
    fileprivate mutating func weight() -> Int? {
        guard let whole = self.number(digits: 1), whole <= 1 else { return nil }
        var thousandths = whole * 1_000
        if self.take(".") {
            for place in [100, 10, 1] {
                guard let digit = self.number(digits: 1) else { break }
                thousandths += digit * place
            }
        }
        return thousandths <= 1_000 ? thousandths : nil
    }
}
