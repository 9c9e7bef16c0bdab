import FaultKit
import NIOConcurrencyHelpers
import NIOCore

/// A rule that strikes, with the dice of what it strikes.
struct Match: Sendable {
    let rule: Rule
    /// Derived from the seed, the rule, the connection and the request; for an image fault from the seed
    /// and the rule alone, so that each request sees the same image.
    let dice: Dice
}

extension Match {
    /// A rule of an image fault, which strikes everybody in the same way.
    init(image rule: Rule, seed: UInt64) {
        self.init(rule: rule, dice: Dice(seed: seed, for: UInt64(rule.id)))
    }
}

/// Counts connections and requests over a whole server, and so knows which rules strike.
///
/// It is used from several event loops. What needs no count is decided without its lock.
final class Ledger: Sendable {
    let plan: Plan
    /// The rules about which an accepted connection knows enough.
    let rulesWithoutName: [Rule]
    /// The rules that wait for the server name.
    let rulesWithName: [Rule]
    private let asksForClient: Bool
    private let counts: NIOLockedValueBox<Counts>

    private struct Counts {
        var connections = 0
        /// By rule id: connections that `client` and `sni` match.
        var matchingConnections: [Int]
        /// By rule id: requests that all other keys match.
        var matchingRequests: [Int]
        var tally: [Tally]
    }

    init(plan: Plan) {
        self.plan = plan
        self.rulesWithoutName = plan.rules.filter { $0.when.sni == nil }
        self.asksForClient = plan.rules.contains { $0.when.client != nil }
        self.rulesWithName = plan.rules.filter { $0.when.sni != nil }
        let zeros = [Int](repeating: 0, count: plan.rules.count)
        self.counts = NIOLockedValueBox(
            Counts(
                matchingConnections: zeros, matchingRequests: zeros,
                tally: plan.rules.map { Tally(rule: $0) }))
    }

    /// A connection was accepted: gives it its number, from 1.
    /// - Parameter client: its peer's address, if it has one.
    func accepted(client: SocketAddress?) -> Encounter {
        let client = self.asksForClient ? client.flatMap(ClientAddress.init) : nil
        return Encounter(self, client: client)
    }

    /// Notes that a rule's fault did something.
    func note(_ strikes: Int, of rule: Rule) {
        self.counts.withLockedValue { $0.tally[rule.id].struck += strikes }
    }

    /// What each rule did so far, in file order.
    var tally: [Tally] { self.counts.withLockedValue { $0.tally } }
}

// MARK: - The encounter's side

extension Ledger {
    /// Numbers a connection and says which rules without `sni` admit it.
    func admit(client: ClientAddress?) -> (number: Int, rules: [Rule]) {
        self.counts.withLockedValue { counts in
            counts.connections += 1
            let rules = Self.admitting(self.rulesWithoutName, client: client, sni: nil, &counts)
            return (counts.connections, rules)
        }
    }

    /// Says which rules with `sni` admit a connection.
    func admit(client: ClientAddress?, sni: String?) -> [Rule] {
        self.counts.withLockedValue {
            Self.admitting(self.rulesWithName, client: client, sni: sni, &$0)
        }
    }

    private static func admitting(
        _ rules: [Rule], client: ClientAddress?, sni: String?, _ counts: inout Counts
    ) -> [Rule] {
        rules.filter { rule in
            guard rule.when.matches(client: client, sni: sni) else { return false }
            guard let nth = rule.when.connection else { return true }
            counts.matchingConnections[rule.id] += 1
            return nth.contains(counts.matchingConnections[rule.id])
        }
    }

    /// The rules, of those whose other keys match, that strike.
    /// - Parameter request: the request's number on its connection; 0 for the connection itself.
    func strike(_ rules: [Rule], connection: Int, request: Int) -> [Match] {
        guard !rules.isEmpty else { return [] }
        return self.counts.withLockedValue { counts in
            rules.compactMap { rule in
                if let nth = rule.when.request {
                    counts.matchingRequests[rule.id] += 1
                    guard nth.contains(counts.matchingRequests[rule.id]) else { return nil }
                }
                guard self.isLucky(rule, connection, request) else { return nil }
                counts.tally[rule.id].matched += 1
                return self.match(rule, connection, request)
            }
        }
    }

    private func isLucky(_ rule: Rule, _ connection: Int, _ request: Int) -> Bool {
        guard let chance = rule.when.chance else { return true }
        var dice = Dice(
            seed: self.plan.seed, for: Self.chance, UInt64(rule.id), UInt64(connection),
            UInt64(request))
        return dice.chance(chance)
    }

    /// The purpose of the dice for `chance`, so that they are none of a fault's own: "chance" in ASCII.
    private static let chance: UInt64 = 0x6368_616E_6365

    private func match(_ rule: Rule, _ connection: Int, _ request: Int) -> Match {
        guard !rule.hook.isImage else { return Match(image: rule, seed: self.plan.seed) }
        let dice = Dice(
            seed: self.plan.seed, for: UInt64(rule.id), UInt64(connection), UInt64(request))
        return Match(rule: rule, dice: dice)
    }
}
