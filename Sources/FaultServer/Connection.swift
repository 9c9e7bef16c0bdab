import FaultKit
import NIOCore

/// What the handlers of one connection share: who it is, what was counted, where events go.
/// Confined to the connection's event loop.
final class Connection {
    let core: Core
    private let address: SocketAddress?
    let number: Int
    var encounter: Encounter
    /// What the client was answered with in its handshake.
    var handshake: Handshake?
    /// Bytes that went to the socket and came from it.
    var sent = 0
    var received = 0
    /// Who ended the connection and how; the first to say so is right.
    private(set) var ending: (by: Event.Closing.Side, how: Event.Closing.Manner)?
    private let began: NIODeadline
    /// Responses that ended in silence: they are over when the connection is.
    private var silentResponses = 0

    init(core: Core, client: SocketAddress?, encounter: Encounter, now: NIODeadline) {
        self.core = core
        self.address = client
        self.encounter = encounter
        self.number = encounter.number
        self.began = now
    }

    /// The client's address and port.
    var client: String { self.address?.text ?? "unknown" }

    var ledger: Ledger { self.core.ledger }
    var limits: Limits { self.core.limits }

    func record(_ kind: @autoclosure () -> Event.Kind, request: Int? = nil) {
        self.core.journal.record(kind(), connection: self.number, request: request)
    }

    func noteEnding(by side: Event.Closing.Side, _ manner: Event.Closing.Manner) {
        if self.ending == nil { self.ending = (side, manner) }
    }

    /// A response is over, or will never be.
    func responded(isSilent: Bool = false) {
        if isSilent { self.silentResponses += 1 } else { self.core.responded() }
    }

    func recordClosed(now: NIODeadline) {
        for _ in 0..<self.silentResponses { self.core.responded() }
        // What has no end that somebody noted was closed as the server stops, or because a write failed.
        let ending = self.ending ?? (self.core.isStopping ? (.server, .stopped) : (.client, .reset))
        self.record(
            .closed(
                Event.Closing(
                    by: ending.by, how: ending.how, sent: self.sent, received: self.received,
                    duration: (now - self.began).milliseconds)))
    }
}

@available(*, unavailable)
extension Connection: Sendable {}

extension SocketAddress {
    /// Address and port as people write them: `192.168.2.7:51034`, `[::1]:51034`. An IPv4 address
    /// that came through an IPv6 listener is written as IPv4.
    var text: String {
        guard let address = self.ipAddress, let port = self.port else { return self.description }
        let mapped = "::ffff:"
        if address.hasPrefix(mapped), address.contains(".") {
            return "\(address.dropFirst(mapped.count)):\(port)"
        }
        return address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
