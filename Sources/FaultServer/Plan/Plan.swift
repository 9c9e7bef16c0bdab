import FaultKit

/// What a server does wrong: the rules of its profiles and its command line, in order. It never changes.
public struct Plan: Sendable {
    /// The profiles' names with `+` between them, or `none`.
    public let name: String
    /// The profiles' stories, one after the other.
    public let story: String
    /// What all chance is derived from.
    public let seed: UInt64
    /// In the order in which they apply; each rule's id is its index.
    public let rules: [Rule]

    /// Joins the rules of profiles, then those of a command line, in order, and numbers them anew.
    /// - Parameter seed: used instead of the first profile's; without either it is 1.
    public init(profiles: [Profile], rules: [Rule] = [], seed: UInt64? = nil) {
        self.name = profiles.isEmpty ? "none" : profiles.map(\.name).joined(separator: "+")
        self.story =
            profiles.isEmpty
            ? (rules.isEmpty ? "An honest server." : "Faults of the command line.")
            : profiles.map(\.story).joined(separator: " ")
        self.seed = seed ?? profiles.first?.seed ?? 1
        self.rules = (profiles.flatMap(\.rules) + rules).enumerated().map { id, rule in
            var rule = rule
            rule.id = id
            return rule
        }
    }

    /// The plan in words: its story, and for each rule when it strikes, what the server does then and
    /// what a correct client does. Lines end with a line feed.
    public var explanation: String {
        var lines = [self.name, self.story, "seed \(self.seed)"]
        if self.rules.isEmpty { lines += ["", "No rules: every answer is honest."] }
        for rule in self.rules {
            let manual = type(of: rule.hook.fault).manual
            lines += [
                "",
                "rule \(rule.id + 1)  \(rule.text)",
                "  when    \(rule.when.words(at: rule.hook.moment))",
                "  server  \(manual.summary)",
                "  client  \(manual.requirement)",
            ]
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
