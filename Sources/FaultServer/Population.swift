import NIOConcurrencyHelpers
import NIOCore

/// The connections that are open, and what ends a server by itself.
final class Population: Sendable {
    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var responses = 0
        var lastActive: NIODeadline
        var isClosed = false
    }

    private let state: NIOLockedValueBox<State>
    private let limit: Int
    private let exitAfter: Int?
    /// Called once, when the last response that was asked for is over.
    private let enough: @Sendable () -> Void

    init(limit: Int, exitAfter: Int?, enough: @escaping @Sendable () -> Void) {
        self.state = NIOLockedValueBox(State(lastActive: .now()))
        self.limit = limit
        self.exitAfter = exitAfter
        self.enough = enough
    }

    /// - Returns: false if there are as many connections as there may be, or the server stops.
    func admit(_ channel: any Channel) -> Bool {
        let isAdmitted = self.state.withLockedValue { state in
            guard !state.isClosed, state.open.count < self.limit else { return false }
            state.open[ObjectIdentifier(channel)] = channel
            state.lastActive = .now()
            return true
        }
        guard isAdmitted else { return false }
        channel.closeFuture.whenComplete { _ in
            self.state.withLockedValue { state in
                state.open[ObjectIdentifier(channel)] = nil
                state.lastActive = .now()
            }
        }
        return true
    }

    func responded() {
        let isEnough = self.state.withLockedValue { state in
            state.responses += 1
            return state.responses == self.exitAfter
        }
        if isEnough { self.enough() }
    }

    /// Whether the server stops.
    var isClosed: Bool { self.state.withLockedValue { $0.isClosed } }

    var count: Int { self.state.withLockedValue { $0.open.count } }

    /// Since when nobody was connected; nil if somebody is.
    var idleSince: NIODeadline? {
        self.state.withLockedValue { $0.open.isEmpty ? $0.lastActive : nil }
    }

    /// Admits nobody any more.
    /// - Returns: the connections that are still open.
    func close() -> [any Channel] {
        self.state.withLockedValue { state in
            state.isClosed = true
            return Array(state.open.values)
        }
    }
}
