import FaultKit
public import NIOCore

/// What befalls a device in a step of a story.
public enum Mishap: Sendable, Hashable {
    /// It is reset.
    case reset(Trigger)
    /// Something happens to its flash, or its power is cut at a flash operation.
    case flash(FlashMishap)

    /// When a device is reset.
    public struct Trigger: Sendable, Hashable {
        public enum Anchor: Sendable, Hashable {
            /// The device is asked to update; if it is not, it is ready.
            case start
            /// The rule of that number, from 1, strikes.
            case strike(Int)
            /// The device says a line with that text in it.
            case line(String)
        }

        public let anchor: Anchor
        /// How long after that.
        public let delay: TimeAmount
    }

    public var flash: FlashMishap? {
        if case .flash(let flash) = self { flash } else { nil }
    }
}

/// What befalls a device's flash: only one whose flash is a file can be made to suffer it.
public struct FlashMishap: Sendable, Hashable {
    /// Where the power is cut: the flash operation, as `virtual-board --cut-at` takes it.
    public var cut: String?
    /// The flash operation that fails, as `virtual-board --fail-at` takes it.
    public var failure: String?
    /// What changes while there is no power, after the cut or else before the step, as
    /// `virtual-board --damage` takes it.
    public var damage: [String] = []

    /// Nothing happens to it.
    public init() {}
}

extension Mishap: CustomStringConvertible {
    public var description: String {
        switch self {
        case .reset(let trigger): "it is reset \(trigger)"
        case .flash(let flash): "\(flash)"
        }
    }
}

extension Mishap.Trigger: CustomStringConvertible {
    public var description: String {
        let anchor =
            switch self.anchor {
            case .start: "the step begins"
            case .strike(let rule): "rule \(rule) strikes"
            case .line(let text): "it says \(text.shown)"
            }
        return self.delay == .zero
            ? "when \(anchor)" : "\(self.delay.nanoseconds / 1_000_000) ms after \(anchor)"
    }
}

extension FlashMishap: CustomStringConvertible {
    public var description: String {
        var words = self.damage.map { "its flash is damaged (\($0))" }
        if let failure { words.append("its flash fails at \(failure)") }
        if let cut { words.append("its power is cut at \(cut)") }
        return words.joined(separator: "; ")
    }
}

extension Mishap {
    /// Reads `reset`, `cut`, `fail` and `damage`.
    /// - Parameter rules: how many the step has.
    static func read(
        _ section: inout Section, rules: Int, _ complaints: inout Complaints
    ) -> Mishap? {
        let reset = section.take("reset")
        let trigger = reset.flatMap { Trigger.read($0.value, rules: rules, &complaints) }
        var flash = FlashMishap()
        flash.cut = section.read("cut", as: FlashPoint.self, &complaints)?.text
        flash.failure = section.read("fail", as: FlashPoint.self, &complaints)?.text
        flash.damage = section.readList("damage", as: Word.self, &complaints).map(\.text)
        if flash == FlashMishap() { return trigger.map(Mishap.reset) }
        if let reset {
            complaints.add(
                "'reset' cannot be with 'cut', 'fail' or 'damage'; use two steps",
                at: reset.value.spot)
        }
        return .flash(flash)
    }
}

extension Mishap.Trigger {
    fileprivate static func read(
        _ form: Form, rules: Int, _ complaints: inout Complaints
    ) -> Self? {
        guard var section = Section(form, "'reset'", &complaints) else { return nil }
        let strike = section.read("strike", as: RuleNumber.self, &complaints)
        let line = section.read("line", as: Word.self, &complaints)
        let delay = section.read("after", as: TimeAmount.self, &complaints)
        section.refuseRest(of: "'reset'", &complaints)
        switch (strike, line) {
        case (nil, nil): return Self(anchor: .start, delay: delay ?? .zero)
        case (nil, let line?): return Self(anchor: .line(line.text), delay: delay ?? .zero)
        case (let rule?, nil):
            if rule.number > rules {
                complaints.add(
                    "'strike' is \(rule.number), and the step has \(rules) rules", at: form.spot)
            }
            return Self(anchor: .strike(rule.number), delay: delay ?? .zero)
        case (_?, _?):
            complaints.add("'strike' and 'line' are both set; leave one out", at: form.spot)
            return nil
        }
    }

    private struct RuleNumber: KnobValue {
        static let form = "the number of a rule, from 1"
        let number: Int

        init?(knob text: String) {
            guard let number = Int(text), number >= 1 else { return nil }
            self.number = number
        }
    }
}

/// `otadata.write#2:24`: what `virtual-board` counts its flash operations by.
private struct FlashPoint: KnobValue {
    static let form =
        "a flash operation such as otadata.erase#1, ota_0.write#5 or otadata.write#2:24"
    let text: String

    init?(knob text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        let whole = parts[1].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let named = whole[0].split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        guard ["erase", "write"].contains(named[0]),
            named.dropFirst().allSatisfy({ Int($0).map { $0 >= 1 } == true }),
            whole.dropFirst().allSatisfy({ Int($0).map { $0 >= 0 } == true })
        else { return nil }
        self.text = text
    }
}
