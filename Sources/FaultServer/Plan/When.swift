import FaultKit

/// When a rule strikes: all the keys that are set must match.
public struct When: Sendable, Hashable {
    /// Counted per rule, over the connections that `sni` and `client` match.
    var connection: Nth?
    /// Counted per rule and over all connections, over the requests that all other keys but `chance` match.
    var request: Nth?
    /// `GET`, `HEAD` and so on.
    var method: RequestMethod?
    var path: PathPattern?
    var sni: NamePattern?
    /// Whether the request must ask for a range.
    var range: Bool?
    var client: Network?
    /// Rolled last, so that it shifts no count.
    var chance: Ratio?

    /// Whether the requests themselves matter, not only their connection.
    var asksForRequests: Bool {
        self.request != nil || self.method != nil || self.path != nil || self.range != nil
    }

    /// Whether the connection is one that `sni` and `client` match.
    func matches(client: ClientAddress?, sni: String?) -> Bool {
        if let network = self.client {
            guard let client, network.contains(client) else { return false }
        }
        if let pattern = self.sni {
            guard let sni, pattern.matches(sni) else { return false }
        }
        return true
    }

    /// Whether `method`, `path` and `range` match.
    /// - Parameter path: the request's path, decoded.
    func matches(_ request: Request, path: [UInt8]) -> Bool {
        if let pattern = self.path, !pattern.matches(path) { return false }
        if let method = self.method, method.name != request.method { return false }
        if let range = self.range, range != request.hasRange { return false }
        return true
    }
}

/// When it is decided whether a rule strikes, and so which keys of `when` can be known.
enum Moment: CaseIterable {
    /// The connection is accepted: taps on the link.
    case accept
    /// The client has said hello: handshake faults.
    case hello
    /// The connection stands, TLS included: taps on its plaintext.
    case established
    /// A request has come: image faults, response faults, taps on the body.
    case request

    var keys: [When.Key] {
        switch self {
        case .accept: [.connection, .client, .chance]
        case .hello, .established: [.connection, .client, .sni, .chance]
        case .request: When.Key.allCases
        }
    }

    /// For a complaint: "… is decided …".
    fileprivate var words: String {
        switch self {
        case .accept: "when the connection is accepted"
        case .hello: "when the client says hello"
        case .established: "when the connection is established"
        case .request: "per request"
        }
    }
}

extension When {
    /// The keys, as profiles write them.
    enum Key: String, CaseIterable {
        case connection, request, method, path, sni, range, client, chance

        /// Which rules the key means something to.
        fileprivate var home: String {
            switch self {
            case .connection, .client, .chance: "every rule"
            case .sni:
                "faults of the handshake, the response and the image, 'on: http' and 'on: body'"
            case .request, .method, .path, .range:
                "faults of the response and the image, and 'on: body'"
            }
        }
    }

    /// Reads the keys of `when`.
    /// - Parameter moment: when the rule is decided; nil if that is not known.
    static func read(_ form: Form, at moment: Moment?, _ complaints: inout Complaints) -> When {
        var when = When()
        guard var section = Section(form, "'when'", &complaints) else { return when }
        if let moment {
            for key in Key.allCases where !moment.keys.contains(key) {
                guard let entry = section.take(key.rawValue) else { continue }
                complaints.add(
                    "'\(key.rawValue)' means nothing to a rule that is decided \(moment.words); "
                        + "it does to \(key.home)", at: entry.spot)
            }
        }
        when.connection = section.read("connection", &complaints)
        when.request = section.read("request", &complaints)
        when.method = section.read("method", &complaints)
        when.path = section.read("path", &complaints)
        when.sni = section.read("sni", &complaints)
        when.range = section.read("range", &complaints)
        when.client = section.read("client", &complaints)
        when.chance = section.read("chance", &complaints)
        section.refuseRest(of: "'when'", &complaints)
        return when
    }

    /// In words: "the 1st request for /x.bin, in 1/3 of the cases".
    func words(at moment: Moment) -> String {
        let connection = self.connection?.words("connection")
        var words: String
        if moment == .request {
            words = self.request?.words("request") ?? "each request"
            if let method { words += " that is a \(method.name)" }
            if let path { words += " for \(path)" }
            if let range { words += range ? " with a range" : " without a range" }
            if let connection { words += ", on \(connection)" }
        } else {
            words = connection ?? "each connection"
        }
        if let client { words += " from \(client)" }
        if let sni { words += " to the server name \(sni)" }
        if let chance { words += ", in \(chance) of the cases" }
        return words
    }
}

/// A method of HTTP, in capitals (RFC 9110 §9.1).
struct RequestMethod: KnobValue, Hashable {
    static let form = "a method in capitals, such as GET or HEAD"

    let name: String

    init?(knob text: String) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
            return nil
        }
        self.name = text
    }
}
