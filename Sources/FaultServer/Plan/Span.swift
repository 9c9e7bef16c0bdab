public import FaultKit

/// A count, or counts from one to another: `3`, `2..`, `..3`, `2..4`.
public struct Span: KnobValue, Hashable, CustomStringConvertible {
    public static let form = "a count such as 3, or counts such as 2.., ..3 or 2..4"

    /// The least count.
    public let lower: Int
    /// The greatest count; nil if there is none.
    public let upper: Int?

    public init?(knob text: String) {
        guard let (lower, upper) = Self.ends(of: text) else { return nil }
        guard lower != "" || upper != "" else { return nil }
        guard let least = lower == "" ? 0 : Self.count(lower) else { return nil }
        self.lower = least
        if upper == "" {
            self.upper = nil
        } else {
            guard let most = Self.count(upper), most >= least else { return nil }
            self.upper = most
        }
    }

    public func contains(_ count: Int) -> Bool {
        count >= self.lower && self.upper.map { count <= $0 } ?? true
    }

    public var description: String {
        guard let upper else { return "\(self.lower).." }
        return self.lower == upper ? "\(upper)" : "\(self.lower)..\(upper)"
    }

    /// What stands on both sides of the two dots; twice the text if there are none.
    static func ends(of text: String) -> (String, String)? {
        let parts = text.split(separator: "..", omittingEmptySubsequences: false)
            .map { String($0).trimmingSpaces }
        switch parts.count {
        case 1: return (parts[0], parts[0])
        case 2: return (parts[0], parts[1])
        default: return nil
        }
    }

    private static func count(_ text: String) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
}
