public import FaultServer

/// What a run has shown.
public enum Verdict: Sendable, Equatable {
    /// The device did what a correct one does.
    case passed
    /// It did not, in these respects.
    case failed([Mismatch])
    /// It did not, and is known not to.
    case gap(KnownGap)
    /// It did, and is known not to: the list of known gaps is out of date.
    case healed(KnownGap)
    /// The run proves nothing about the device.
    case void(String)

    /// A requirement that was not met.
    public struct Mismatch: Sendable, Hashable {
        /// The key of `expect`: `device`, `running.slot`, `server.alert` ...
        public let what: String
        public let expected: String
        public let actual: String

        func at(_ place: String) -> Self {
            Self(what: place + self.what, expected: self.expected, actual: self.actual)
        }
    }

    /// In a word: `passed`, `failed`, `gap`, `healed`, `void`.
    public var name: String {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .gap: "gap"
        case .healed: "healed"
        case .void: "void"
        }
    }

    /// Why it is not `passed`, in a line.
    public var reason: String? {
        switch self {
        case .passed: nil
        case .failed(let mismatches):
            mismatches.map { "\($0.what): expected \($0.expected), found \($0.actual)" }
                .joined(separator: "; ")
        case .gap(let gap), .healed(let gap): gap.reason
        case .void(let reason): reason
        }
    }

    /// Whether a CI job goes on.
    public var isGood: Bool {
        switch self {
        case .passed, .gap: true
        case .failed, .healed, .void: false
        }
    }
}

/// Both sides' accounts of one step of a run.
public struct Account: Sendable {
    public var device: DeviceAccount
    public var server = ServerAccount()
    /// How many rules the server had.
    public let rules: Int
    /// Whether the device has met what was to befall it; nil: nothing was.
    public var mishap: Fate?
    /// Whether time was up before the device had settled.
    public var isTimedOut = false
    /// Why there was no run at all, such as a console that said nothing.
    public var trouble: String?
    /// What the profile's slots are, on a device that was not new; nil: they are called as they are.
    var slots: SlotRing?

    /// Whether something happened that was to happen.
    public enum Fate: Sendable { case missed, struck }

    /// - Parameter device: what is known of the device from the steps before.
    public init(rules: Int, device: DeviceAccount = DeviceAccount()) {
        self.rules = rules
        self.device = device
    }
}

extension Expectation {
    /// The respects in which a run was not as it should have been.
    public func mismatches(in account: Account) -> [Verdict.Mismatch] {
        var found: [Verdict.Mismatch] = []
        func compare(_ what: String, _ expected: String, _ actual: String, _ isMet: Bool) {
            guard !isMet else { return }
            found.append(Verdict.Mismatch(what: what, expected: expected, actual: actual))
        }
        let outcome = account.device.outcome
        compare(
            "device", self.device.description, outcome.rawValue, self.device.all.contains(outcome))
        // What is noticed earlier than it has to be is noticed all the same.
        var isEarly = outcome != self.device.first
        if outcome == self.device.first {
            if let stage, let actual = account.device.stage {
                let isInTime = actual == stage || (outcome == .rejected && actual < stage)
                isEarly = actual < stage
                compare("stage", stage.rawValue, actual.rawValue, isInTime)
            }
            let boot = account.device.running
            if let named = self.running?.slot?.description {
                let slot = account.slots?.slot(for: named) ?? named
                compare("running.slot", slot, boot?.slot ?? "nothing", slot == boot?.slot)
            }
            if let version = self.running?.version {
                let actual = boot?.version ?? "unknown"
                compare("running.version", version, actual, version == actual)
            }
        }
        guard let server = self.server else { return found }
        let seen = account.server
        if let alert = server.alert {
            let names = seen.alerts.isEmpty ? "none" : seen.alerts.joined(separator: ", ")
            compare("server.alert", alert.description, names, alert.isMet(by: seen.alerts))
        }
        if let requests = server.requests, outcome == self.device.first {
            compare(
                "server.requests", requests.description, "\(seen.requests)",
                requests.contains(seen.requests))
        }
        if let delivered = server.delivered, !isEarly {
            compare(
                "server.delivered", delivered.description,
                "\(seen.delivered.count) of \(seen.delivered.total) bytes",
                delivered.contains(seen.delivered.count, of: seen.delivered.total))
        }
        return found
    }
}
