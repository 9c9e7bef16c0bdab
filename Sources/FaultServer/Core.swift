import FaultKit
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Synchronization

/// What all connections of a server share. Immutable but for what counts and locks itself.
final class Core: Sendable {
    let plan: Plan
    let ledger: Ledger
    let journal: Journal
    let origin: Origin
    let editions: Editions
    let limits: Limits
    let offersHTTP2: Bool
    /// Nil for a server without TLS.
    let contexts: TLSContexts?
    private let resources: [ObjectIdentifier: NIOLoopBoundBox<LoopResources>]
    private let population: Population
    /// Bytes that were handed to sockets, of all connections.
    let sent = Atomic(0)

    init(
        plan: Plan, journal: Journal, origin: Origin, editions: Editions, limits: Limits,
        offersHTTP2: Bool,
        contexts: TLSContexts?, loops: [any EventLoop], disk: NIOThreadPool,
        clock: @escaping @Sendable () -> Int,
        population: Population
    ) {
        self.plan = plan
        self.ledger = Ledger(plan: plan)
        self.journal = journal
        self.origin = origin
        self.editions = editions
        self.limits = limits
        self.offersHTTP2 = offersHTTP2
        self.contexts = contexts
        self.population = population
        self.resources = Dictionary(
            uniqueKeysWithValues: loops.map { loop in
                let resources = NIOLoopBoundBox.makeBoxSendingValue(
                    LoopResources(loop: loop, disk: disk, clock: clock), eventLoop: loop)
                return (ObjectIdentifier(loop), resources)
            })
    }

    /// What the connections of one event loop share; call it on that loop.
    func resources(of loop: any EventLoop) -> LoopResources {
        guard let resources = self.resources[ObjectIdentifier(loop)] else {
            preconditionFailure("a connection on an event loop that is not the server's")
        }
        return resources.value
    }

    /// Whether connections are closed because the server stops.
    var isStopping: Bool { self.population.isClosed }

    /// A response is over.
    func responded() { self.population.responded() }
}

/// What the connections of one event loop share.
final class LoopResources {
    let pool = BufferPool()
    let wheel: TimerWheel
    /// Reads what the page cache does not hold, and edits images that nobody has asked for yet.
    let disk: NIOThreadPool
    private let clock: @Sendable () -> Int
    private var moment = AnswerDate(seconds: .min, text: "")

    /// - Parameter clock: seconds since 1970, for the `Date` field alone.
    init(loop: any EventLoop, disk: NIOThreadPool, clock: @escaping @Sendable () -> Int) {
        self.wheel = TimerWheel(loop: loop)
        self.disk = disk
        self.clock = clock
    }

    /// The moment; its text is made once a second.
    var now: AnswerDate {
        let second = self.clock()
        if second != self.moment.seconds { self.moment = AnswerDate(seconds: second) }
        return self.moment
    }

    /// Reads bytes of an image that the page cache does not hold, off the event loop.
    /// - Returns: a future of that loop.
    func read(
        _ range: Range<Int>, of image: Image, for loop: any EventLoop
    ) -> EventLoopFuture<ByteBuffer>.Isolated {
        self.disk.runIfActive(eventLoop: loop) {
            var bytes = ByteBuffer()
            _ = try bytes.write(range, of: image, waiting: true)
            return bytes
        }.assumeIsolated()
    }
}

@available(*, unavailable)
extension LoopResources: Sendable {}
