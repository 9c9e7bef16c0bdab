import FaultKit

/// What a server does wrong: the rules of its profiles and its command line, in order. It never changes.
public struct Plan: Sendable {
    /// The profiles' names with `+` between them, or `none`.
    public let name: String
    /// The profiles' stories, one after the other.
    public let story: String
    /// What all chance is derived from.
    public let seed: UInt64
    /// Whether it is about HTTP/2: a profile's device speaks it, or a rule works on its frames.
    public let needsHTTP2: Bool
    /// In the order in which they apply; each rule's id is its index.
    public let rules: [Rule]

    /// Joins the rules of profiles, then those of a command line, in order, and numbers them anew.
    /// - Parameters:
    ///   - step: of profiles that tell a story; from 1. One that is over stays at its last step.
    ///   - seed: used instead of the first profile's; without either it is 1.
    public init(
        profiles: [Profile], step: Int = 1, rules: [Rule] = [], seed: UInt64? = nil
    ) {
        self.name = profiles.isEmpty ? "none" : profiles.map(\.name).joined(separator: "+")
        self.story =
            profiles.isEmpty
            ? (rules.isEmpty ? "An honest server." : "Faults of the command line.")
            : profiles.map(\.story).joined(separator: " ")
        self.seed = seed ?? profiles.first?.seed ?? 1
        let own = profiles.flatMap { $0.steps[min(step, $0.steps.count) - 1].rules }
        let all = (own + rules).numbered
        self.rules = all
        self.needsHTTP2 =
            profiles.contains { $0.device.speaksHTTP2 } || all.contains { $0.hook.isOfFrames }
    }

    /// The plan in words: its story, and for each rule when it strikes, what the server does then and
    /// what a correct client does. Lines end with a line feed.
    public var explanation: String {
        let head = [self.name, self.story, "seed \(self.seed)"]
        return (head + self.body).map { $0 + "\n" }.joined()
    }

    /// The rules, and what they make of one request after the other.
    fileprivate var body: [String] {
        self.rules.explanation + (Script(self).table(of: self.rules) ?? [])
    }
}

extension [Rule] {
    /// An empty line, then lines, for each rule; or that there is none.
    fileprivate var explanation: [String] {
        if self.isEmpty { return ["", "No rules: every answer is honest."] }
        return self.flatMap { rule in
            let manual = type(of: rule.hook.fault).manual
            return [
                "",
                "rule \(rule.id + 1)  \(rule.text)",
                "  when    \(rule.when.words(at: rule.hook.moment))",
                "  server  \(manual.summary)",
                "  client  \(manual.requirement)",
            ]
        }
    }
}

extension Profile {
    /// The profile in words, step by step. Lines end with a line feed.
    public var explanation: String {
        var lines = [self.name, self.story, "seed \(self.seed)"]
        if !self.device.isPlain { lines += ["", "It takes \(self.device)."] }
        guard self.steps.count > 1 || self.steps[0].words != nil else {
            return (lines + Plan(profiles: [self]).body).map { $0 + "\n" }.joined()
        }
        for (index, step) in self.steps.enumerated() {
            lines += ["", "step \(index + 1)" + (step.story.map { "  \($0)" } ?? "")]
            if let words = step.words { lines += ["  device  \(words)"] }
            if let expectation = step.expectation {
                lines += ["  expect  \(expectation.device)"]
            }
            lines += Plan(profiles: [self], step: index + 1).body
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
