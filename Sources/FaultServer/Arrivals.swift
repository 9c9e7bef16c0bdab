import NIOConcurrencyHelpers
import NIOCore

/// Numbers connections in the order in which they were accepted, and hands them to their event
/// loops, which run in no order.
final class Arrivals: Sendable {
    struct Arrival {
        let encounter: Encounter
        /// False for a connection that is one too many.
        let isAdmitted: Bool
    }

    private let ledger: Ledger
    private let population: Population
    private let waiting = NIOLockedValueBox<[ObjectIdentifier: Arrival]>([:])

    init(ledger: Ledger, population: Population) {
        self.ledger = ledger
        self.population = population
    }

    /// A connection was accepted; called in the order of the listener's queue.
    func note(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let arrival = Arrival(
            encounter: self.ledger.accepted(client: channel.remoteAddress),
            isAdmitted: self.population.admit(channel))
        self.waiting.withLockedValue { $0[id] = arrival }
        channel.closeFuture.whenComplete { _ in self.waiting.withLockedValue { $0[id] = nil } }
    }

    /// What was noted of a connection; taken once, on its own event loop.
    func take(_ channel: any Channel) -> Arrival {
        let id = ObjectIdentifier(channel)
        guard let arrival = self.waiting.withLockedValue({ $0.removeValue(forKey: id) }) else {
            preconditionFailure("a connection that was never accepted")
        }
        return arrival
    }
}

/// Stands in the listener's pipeline and notes each connection that passes.
final class ArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let arrivals: Arrivals

    init(_ arrivals: Arrivals) { self.arrivals = arrivals }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.arrivals.note(self.unwrapInboundIn(data))
        context.fireChannelRead(data)
    }
}

@available(*, unavailable)
extension ArrivalHandler: Sendable {}
