public import FaultServer

/// What the server has seen of an update, folded from its journal.
public struct ServerAccount: Sendable {
    /// Names of the alerts that the device sent, in order; close_notify is none.
    public private(set) var alerts: [String] = []
    public private(set) var connections = 0
    public private(set) var requests = 0
    /// Requests that were answered with a part of the image (206).
    public private(set) var resumed = 0
    /// How far into the image the bytes went that were handed to connections, and of how many.
    public private(set) var delivered = Delivered(count: 0, total: 0)
    /// Bytes of bodies that were handed to connections, those that came twice included.
    public private(set) var sent = 0
    /// Strikes by the rule's position in the plan.
    public private(set) var strikes: [Int: Int] = [:]

    /// Where the range begins that a request asks for, by connection and number.
    private var starts: [Place: Int] = [:]

    /// A part of an image, in bytes.
    public struct Delivered: Sendable, Hashable {
        public let count: Int
        /// The image's length, as far as the server came to say it.
        public let total: Int
    }

    private struct Place: Hashable {
        let connection: Int?
        let request: Int?
    }

    public init() {}

    public mutating func note(_ event: Event) {
        let place = Place(connection: event.connection, request: event.request)
        switch event.kind {
        case .accepted: self.connections += 1
        case .handshakeFailed(_, let alert?): self.note(alert)
        case .alert(let alert): self.note(alert)
        case .request(_, _, let range, _):
            self.requests += 1
            if let start = range.flatMap(Self.start(of:)) { self.starts[place] = start }
        case .response(let status, let length, let sent, let isComplete):
            self.sent += sent
            guard (200...299).contains(status) else { break }
            if status == 206 { self.resumed += 1 }
            let start = status == 206 ? self.starts[place] ?? 0 : 0
            // What a head says of the length may be a lie; a response that was served to its end is whole.
            let total = isComplete ? start + sent : max(start + (length ?? 0), start + sent)
            if start + sent >= self.delivered.count {
                self.delivered = Delivered(count: start + sent, total: total)
            }
        case .fault(let strike): self.strikes[strike.rule, default: 0] += strike.times
        default: break
        }
    }

    private mutating func note(_ alert: Event.Alert) {
        guard alert.sender == .client, alert.number != 0 else { return }
        self.alerts.append(alert.name)
    }

    /// `bytes=4096-` begins at 4096 (RFC 9110 §14.1.2).
    private static func start(of range: String) -> Int? {
        range.part(after: "bytes=").flatMap { Int($0.prefix { $0.isNumber }) }
    }
}
