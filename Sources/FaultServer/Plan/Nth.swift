import FaultKit

/// Which of the things that are counted from 1: `1`, `2..`, `..3`, `2..4`, `every 3`, or several with
/// commas.
struct Nth: KnobValue, Hashable, CustomStringConvertible {
    static let form = "a number from 1 such as 2, or 2.., ..3, 2..4, every 3, or a list such as 1,3"

    private enum Item: Hashable, CustomStringConvertible {
        case span(Span)
        case every(Int)

        init?(_ text: String) {
            if text.hasPrefix("every ") {
                let period = String(text.dropFirst("every ".count)).trimmingSpaces
                guard let span = Span(knob: period), span.lower >= 1, span.lower == span.upper
                else { return nil }
                self = .every(span.lower)
            } else {
                guard let span = Span(knob: text) else { return nil }
                guard span.lower >= 1 || (text.hasPrefix("..") && span.upper != 0) else {
                    return nil
                }
                self = .span(span)
            }
        }

        func contains(_ count: Int) -> Bool {
            switch self {
            case .span(let span): span.contains(count)
            case .every(let period): count.isMultiple(of: period)
            }
        }

        var description: String {
            switch self {
            case .span(let span) where span.lower == 0: "..\(span.upper ?? 0)"
            case .span(let span): span.description
            case .every(let period): "every \(period)"
            }
        }
    }

    private let items: [Item]

    init?(knob text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let items = parts.compactMap { Item(String($0).trimmingSpaces) }
        guard items.count == parts.count else { return nil }
        self.items = items
    }

    /// - Parameter count: from 1.
    func contains(_ count: Int) -> Bool { self.items.contains { $0.contains(count) } }

    var description: String { self.items.map(\.description).joined(separator: ",") }

    /// In words: "the 1st request", "requests 2 to 4".
    func words(_ noun: String) -> String {
        self.items.map { item in
            switch item {
            case .every(1): return "every \(noun)"
            case .every(let period): return "every \(Self.ordinal(period)) \(noun)"
            case .span(let span):
                guard let upper = span.upper else {
                    return "the \(Self.ordinal(span.lower)) \(noun) and later ones"
                }
                if upper == max(1, span.lower) { return "the \(Self.ordinal(upper)) \(noun)" }
                return span.lower <= 1
                    ? "the first \(upper) \(noun)s" : "\(noun)s \(span.lower) to \(upper)"
            }
        }.joined(separator: " and ")
    }

    private static func ordinal(_ number: Int) -> String {
        let suffix =
            switch (number % 10, number % 100) {
            case (_, 11...13): "th"
            case (1, _): "st"
            case (2, _): "nd"
            case (3, _): "rd"
            default: "th"
            }
        return "\(number)\(suffix)"
    }
}
