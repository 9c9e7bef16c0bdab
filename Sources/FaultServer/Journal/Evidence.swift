import FaultKit
import NIOCore

/// Turns the strikes at one place of one stream into journal events.
///
/// The first wait and the first push of a rule are events when they happen; the others of the same
/// stream are summed up in one event when it is over, since a slow link waits thousands of times.
/// All other strikes are events of their own, up to a bound.
struct Evidence {
    /// Strikes of one rule in one stream that get events of their own; the rest is summed up.
    static let bound = 1_000

    private let place: Place
    private let connection: Connection
    private let request: Int?
    /// By the rule's position in the plan.
    private var accounts: [Int: Account] = [:]

    /// What is known of one rule in this stream.
    private struct Account {
        let rule: Rule
        private var events = 0
        private var sums: [String: Event.FaultStrike] = [:]

        init(rule: Rule) { self.rule = rule }

        /// The event to record now, or nil if it was added to a sum.
        mutating func take(_ event: Event.FaultStrike, repeats: Bool) -> Event.FaultStrike? {
            if let sum = self.sums[event.action] {
                self.sums[event.action] = sum.adding(event)
                return nil
            }
            self.events += 1
            if repeats || self.events == Evidence.bound {
                self.sums[event.action] = .some(event.emptied)
            }
            return event
        }

        /// What was summed up, in a fixed order.
        var summary: [Event.FaultStrike] {
            self.sums.values.filter { $0.times > 0 }.sorted { $0.action < $1.action }
        }
    }

    init(on place: Place, of connection: Connection, request: Int? = nil) {
        self.place = place
        self.connection = connection
        self.request = request
    }

    mutating func add(_ strikes: [(rule: Rule, strike: Strike)]) {
        for (rule, strike) in strikes { self.add(strike, of: rule) }
    }

    /// The stream is over: what was summed up is said.
    mutating func close() {
        for account in self.accounts.values.sorted(by: { $0.rule.id < $1.rule.id }) {
            for event in account.summary { self.record(event) }
        }
        self.accounts = [:]
    }

    private mutating func add(_ strike: Strike, of rule: Rule) {
        if self.accounts[rule.id] == nil { self.connection.ledger.note(1, of: rule) }
        let event = Event.FaultStrike(strike, of: rule, on: self.place)
        let now = self.accounts[rule.id, default: Account(rule: rule)]
            .take(event, repeats: strike.repeats)
        if let now { self.record(now) }
    }

    private func record(_ event: Event.FaultStrike) {
        self.connection.record(.fault(event), request: self.request)
    }
}

extension Strike {
    /// Whether a fault does this over and over in one stream.
    fileprivate var repeats: Bool {
        switch self.kind {
        case .waited, .pushed: true
        case .altered, .dropped, .inserted, .ended: false
        }
    }
}

extension Event.FaultStrike {
    init(_ strike: Strike, of rule: Rule, on place: Place) {
        let action =
            switch strike.kind {
            case .altered: "altered"
            case .dropped: "dropped"
            case .inserted: "inserted"
            case .pushed: "pushed"
            case .waited: "waited"
            case .ended: "ended"
            }
        self.init(rule: rule.id, fault: rule.fault, on: place.rawValue, action: action)
        self.offset = strike.offset
        if strike.count > 0 { self.bytes = strike.count }
        if case .waited(let time) = strike.kind { self.waited = time.milliseconds }
        if case .ended(let ending) = strike.kind { self.ending = ending }
    }

    /// The same kind of event, standing for no strike yet.
    fileprivate var emptied: Self {
        var sum = self
        sum.times = 0
        sum.waited = self.waited.map { _ in 0 }
        sum.bytes = self.bytes.map { _ in 0 }
        return sum
    }

    fileprivate func adding(_ other: Self) -> Self {
        var sum = self
        if self.times == 0 { sum.offset = other.offset }
        sum.times += other.times
        sum.waited = self.waited.map { $0 + (other.waited ?? 0) }
        sum.bytes = self.bytes.map { $0 + (other.bytes ?? 0) }
        return sum
    }
}
