/// How often a rule matched and struck.
public struct Tally: Sendable {
    public let rule: Rule
    /// Connections or requests that all its keys matched.
    public internal(set) var matched = 0
    /// Those in which the fault did something, with evidence.
    public internal(set) var struck = 0

    public init(rule: Rule) { self.rule = rule }
}
