import FaultKit

/// A step of a story: what the server does meanwhile, what befalls the device, and what must be true in
/// the end. The device goes from step to step as the one before has left it; the server begins anew.
public struct StoryStep: Sendable {
    /// What happens, in a sentence; nil where the profile's story says it all.
    public let story: String?
    /// In the order in which they apply: those that make what is offered, those of the whole profile, then
    /// the step's own.
    public let rules: [Rule]
    /// Whether the device is asked to update.
    public let isOffered: Bool
    /// Whether it is powered off and on again first.
    public let restarts: Bool
    public let mishap: Mishap?
    public let expectation: Expectation?

    /// How many of the rules, which are its first, only make what is offered.
    public var offers: Int { self.rules.count { $0.isOffer } }

    /// Whether the device is without power for a moment before the step.
    public var beginsWithoutPower: Bool { self.restarts || self.mishap?.flash != nil }
}

extension StoryStep {
    /// Reads one of a profile's `steps`.
    /// - Parameters:
    ///   - rules: those of the whole profile.
    static func read(
        _ form: Form, after rules: [Rule], _ reader: RuleReader, _ complaints: inout Complaints
    ) -> StoryStep? {
        guard var section = Section(form, "a step", &complaints) else { return nil }
        let story = section.read("story", as: Word.self, &complaints)?.text
        let own = section.take("rules").map { reader.readList($0.value, &complaints) } ?? []
        let offer = Offer.read(&section, reader, &complaints)
        let restarts = section.read("restart", as: Bool.self, &complaints) ?? false
        let joined = (offer.rules + rules + own).numbered
        let mishap = Mishap.read(&section, rules: joined.count - offer.rules.count, &complaints)
        let expectation = section.take("expect").flatMap {
            Expectation.read($0.value, &complaints)
        }
        section.refuseRest(of: "a step", &complaints)
        return StoryStep(
            story: story, rules: joined, isOffered: offer.isMade, restarts: restarts,
            mishap: mishap,
            expectation: expectation)
    }

    /// What happens to the device, in words; nil if it is only asked to update.
    var words: String? {
        var words: [String] = []
        if self.beginsWithoutPower { words.append("it is powered off and on again") }
        if let mishap { words.append(mishap.description) }
        if !self.isOffered { words.append("it is not asked to update") }
        return words.isEmpty ? nil : words.joined(separator: "; ")
    }
}

/// The key `offer` of a step: `no`, or how the image that is offered differs from what the server has.
private struct Offer {
    var isMade = true
    var rules: [Rule] = []

    /// Its keys, and the faults and knobs that edit an image so.
    private static let edits = [
        (key: "version", fault: "app-version", knob: "version"),
        (key: "secure-version", fault: "secure-version", knob: "version"),
        (key: "first-boot", fault: "first-boot", knob: "behaviour"),
    ]

    static func read(
        _ section: inout Section, _ reader: RuleReader, _ complaints: inout Complaints
    ) -> Offer {
        var offer = Offer()
        if case .keys? = section.take("offer")?.value.content,
            let entry = section.take("offer"),
            var own = Section(entry.value, "'offer'", &complaints)
        {
            for edit in Self.edits {
                guard let entry = own.take(edit.key) else { continue }
                let name = Form(.text(edit.fault), at: entry.spot)
                let rule = Form(
                    .keys([
                        Form.Entry(key: "fault", spot: entry.spot, value: name),
                        Form.Entry(key: edit.knob, spot: entry.spot, value: entry.value),
                    ]), at: entry.spot)
                guard var rule = reader.read(rule, &complaints) else { continue }
                rule.isOffer = true
                offer.rules.append(rule)
            }
            own.refuseRest(of: "'offer'", &complaints)
        } else {
            offer.isMade = section.read("offer", as: Bool.self, &complaints) ?? true
        }
        return offer
    }
}

extension [Rule] {
    /// With ids that are their indices.
    var numbered: [Rule] {
        self.enumerated().map { id, rule in
            var rule = rule
            rule.id = id
            return rule
        }
    }
}
