import FaultKit

/// One connection as the ledger sees it: which rules strike it, and each of its requests.
///
/// It is confined to the connection's event loop. The engine asks in this order: ``link()`` once,
/// ``handshake(sni:)`` once if there is TLS, ``established(sni:)`` once, then ``request(_:)`` for each
/// request. Whether a rule admits the connection is decided once, as early as its keys can be known: at
/// accept, or with `sni` as soon as the server name is known.
struct Encounter: Sendable {
    /// The connection's number, from 1.
    let number: Int
    /// Requests so far; the number of the last one, from 1.
    private(set) var requests = 0

    private let ledger: Ledger
    private let client: ClientAddress?
    /// Rules that admit this connection, by the moment at which they are decided, in file order.
    private var admitted: [Moment: [Rule]]
    /// Whether the rules with `sni` were decided.
    private var knowsName: Bool
    /// What ``request(_:)`` looks through.
    private var candidates: [Rule]
    /// Whether a candidate asks for the request's path.
    private var asksForPath: Bool

    init(_ ledger: Ledger, client: ClientAddress?) {
        self.ledger = ledger
        self.client = client
        self.knowsName = ledger.rulesWithName.isEmpty
        let (number, rules) = ledger.admit(client: client)
        self.number = number
        self.admitted = Dictionary(grouping: rules) { $0.hook.moment }
        self.candidates = self.admitted[.request] ?? []
        self.asksForPath = self.candidates.contains { $0.when.path != nil }
    }

    /// The taps on the link, when the connection is accepted.
    mutating func link() -> [Match] { self.matches(at: .accept) }

    /// The handshake faults, when the client has said hello.
    /// - Parameter sni: the server name that it asked for.
    mutating func handshake(sni: String?) -> [Match] {
        self.learn(sni)
        return self.matches(at: .hello)
    }

    /// The taps on the connection's plaintext, when the connection stands.
    /// - Parameter sni: the server name that the client asked for; nil without TLS.
    mutating func established(sni: String?) -> [Match] {
        self.learn(sni)
        return self.matches(at: .established)
    }

    /// The image faults, response faults and taps on the body for the next request, in file order.
    mutating func request(_ request: Request) -> [Match] {
        self.requests += 1
        guard !self.candidates.isEmpty else { return [] }
        let path = self.asksForPath ? PathPattern.decoded(request.path) : []
        let matching = self.candidates.filter { $0.when.matches(request, path: path) }
        return self.ledger.strike(matching, connection: self.number, request: self.requests)
    }

    private mutating func matches(at moment: Moment) -> [Match] {
        guard let rules = self.admitted[moment] else { return [] }
        return self.ledger.strike(rules, connection: self.number, request: 0)
    }

    /// Decides about the rules that wait for the server name; a second name changes nothing.
    private mutating func learn(_ sni: String?) {
        guard !self.knowsName else { return }
        self.knowsName = true
        for rule in self.ledger.admit(client: self.client, sni: sni) {
            self.admitted[rule.hook.moment, default: []].append(rule)
        }
        for moment in Moment.allCases { self.admitted[moment]?.sort { $0.id < $1.id } }
        self.candidates = self.admitted[.request] ?? []
        self.asksForPath = self.candidates.contains { $0.when.path != nil }
    }
}
