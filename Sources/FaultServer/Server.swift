import Dispatch
public import FaultKit
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Synchronization

/// A server that serves content as a plan says: over TLS or plain, with each fault where it strikes.
///
/// ```swift
/// let server = try Server(configuration)
/// let address = try await server.start()
/// try await server.wait()
/// ```
public final class Server: Sendable {
    /// Where a started server is to be found.
    public struct Address: Sendable {
        public let url: String
        public let host: String
        public let port: Int
    }

    /// What a device must match and trust; nil without TLS.
    public let trust: Trust?
    public let plan: Plan
    private let configuration: Configuration
    private let journal: Journal
    private let group: MultiThreadedEventLoopGroup
    private let disk: NIOThreadPool
    private let core: Core
    private let population: Population
    private let ended: EventLoopPromise<String>
    private let listener = NIOLockedValueBox<(any Channel)?>(nil)
    /// Whether `wait()` is in charge of the threads.
    private let isWaited = NIOLockedValueBox(false)

    /// Names, CA and warnings about a server's certificate.
    public struct Trust: Sendable {
        public let commonName: String
        public let names: [SubjectAltName]
        /// The CA file to flash.
        public let anchorPath: String
        /// The honest certificate, in PEM.
        public let leafPEM: [UInt8]
        /// The CA as it is once its time is over, in PEM; nil if its key is not here.
        public let expiredAnchorPEM: [UInt8]?
        public let notes: [String]
    }

    /// Reads and mints all certificates that the plan asks for, and edits the images that its rules
    /// strike.
    /// - Throws: ``ServerError`` that says what to mend.
    public init(_ configuration: Configuration) throws {
        self.configuration = configuration
        self.plan = configuration.plan
        let journal = Journal(configuration.sinks)
        self.journal = journal
        let forge = try configuration.identity.map {
            try Forge(source: $0, hosts: configuration.hosts)
        }
        self.trust = try forge.map(Trust.init)
        let offersHTTP2 = configuration.offersHTTP2 || configuration.plan.needsHTTP2
        let contexts = try forge.map {
            try TLSContexts(
                forge: $0, plan: configuration.plan, offersHTTP2: offersHTTP2,
                keyLog: configuration.keyLog)
        }
        if contexts == nil, let rule = configuration.plan.ruleOfTLS {
            throw ServerError(
                .usage,
                "'\(rule.text)' is a fault of TLS, and --plain speaks none; leave out --plain")
        }
        let editions = Editions(signer: configuration.imageSigner)
        try Rehearsal(configuration.plan, of: configuration.content, into: editions).run()
        var limits = configuration.limits
        limits.connections = min(limits.connections, DescriptorLimit.raise())
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        self.disk = NIOThreadPool(numberOfThreads: 2)
        self.disk.start()
        let ended = self.group.next().makePromise(of: String.self)
        self.ended = ended
        self.population = Population(
            limit: limits.connections, exitAfter: configuration.exitAfter
        ) { ended.succeed("enough requests") }
        self.core = Core(
            plan: configuration.plan, journal: journal, origin: Origin(configuration.content),
            editions: editions, limits: limits, offersHTTP2: offersHTTP2,
            contexts: contexts,
            loops: Array(self.group.makeIterator()), disk: self.disk, clock: { time(nil) },
            population: self.population)
    }

    deinit {
        // A server that was made and never used has threads all the same.
        guard !self.isWaited.withLockedValue({ $0 }) else { return }
        self.ended.succeed("never waited for")
        self.group.shutdownGracefully { _ in }
        self.disk.shutdownGracefully { _ in }
    }

    /// Listens.
    /// - Throws: ``ServerError`` if the port cannot be had.
    public func start() async throws -> Address {
        self.journal.record(
            .start(
                version: faultserveVersion, plan: self.plan.name, seed: self.plan.seed,
                rules: self.plan.rules.map(\.text)))
        let channel: any Channel
        do {
            channel = try await self.listen()
        } catch {
            self.stop(reason: "\(error)")
            try await self.wait()
            throw error
        }
        self.listener.withLockedValue { $0 = channel }
        let port = channel.localAddress?.port ?? self.configuration.port
        let host = self.trust?.commonName ?? self.configuration.hosts.first ?? "localhost"
        let scheme = self.core.contexts == nil ? "http" : "https"
        let authority = host.contains(":") ? "[\(host)]" : host
        let address = Address(url: "\(scheme)://\(authority):\(port)/", host: host, port: port)
        self.journal.record(.listening(url: address.url, host: host, port: port))
        if let idle = self.configuration.idleExit { self.watchIdleness(idle) }
        return address
    }

    /// Returns once the server has stopped: told to, after `exitAfter` responses, or idle.
    public func wait() async throws {
        self.isWaited.withLockedValue { $0 = true }
        let reason = try await self.ended.futureResult.get()
        try await self.listener.withLockedValue { $0 }?.close().get()
        let open = self.population.close()
        await self.readWhatHasCome()
        if reason.isOwnEnd { await self.letGo(open) }
        for channel in open { channel.close(promise: nil) }
        for channel in open { try? await channel.closeFuture.get() }
        await self.stopDisk()
        try await self.group.shutdownGracefully()
        self.journal.record(.stop(reason: reason, tally: self.core.ledger.tally))
        self.journal.close()
    }

    /// Ends the server; ``wait()`` returns. May be called more than once, from anywhere.
    public func stop(reason: String) { self.ended.succeed(reason) }

    /// Connections that may be open at once.
    public var room: Int { self.core.limits.connections }

    /// Bytes that were handed to sockets so far, TLS included.
    public var bytesSent: Int { self.core.sent.load(ordering: .relaxed) }

    /// How often each rule matched and struck so far.
    public var tally: [Tally] { self.core.ledger.tally }

    private func listen() async throws -> any Channel {
        let core = self.core
        let arrivals = Arrivals(ledger: core.ledger, population: self.population)
        let bootstrap = ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelInitializer { listener in
                listener.eventLoop.makeCompletedFuture {
                    try listener.pipeline.syncOperations.addHandler(ArrivalHandler(arrivals))
                }
            }
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Linux gives the listener's options to its connections, TCP_NODELAY too, which NIO sets.
            //
            // A device that lost its power says nothing. Without probes a connection on which the
            // server is silent too would never end.
            .serverChannelOption(.socketOption(.so_keepalive), value: 1)
            .serverChannelOption(.tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: 30)
            .serverChannelOption(.tcpOption(.init(rawValue: TCP_KEEPINTVL)), value: 10)
            .serverChannelOption(.tcpOption(.init(rawValue: TCP_KEEPCNT)), value: 6)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.setUp(core: core, arrival: arrivals.take(channel))
                }
            }
        let bind = self.configuration.bind
        do {
            return try await bootstrap.bind(host: bind, port: self.configuration.port).get()
        } catch let error as IOError where error.errnoCode == EAFNOSUPPORT && bind == "::" {
            // A kernel without IPv6.
            return try await bootstrap.bind(host: "0.0.0.0", port: self.configuration.port).get()
        } catch {
            throw ServerError(
                .unavailable, Self.sentence(about: error, bind: bind, port: self.configuration.port)
            )
        }
    }

    private static func sentence(about error: any Error, bind: String, port: Int) -> String {
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE:
            "port \(port) is taken; stop what listens there, or choose another with --port"
        case EACCES:
            "port \(port) needs privileges; choose one above 1023 with --port"
        case EADDRNOTAVAIL:
            "\(bind) is no address of this machine; choose another with --bind"
        default:
            "cannot listen on \(bind), port \(port): \(error)"
        }
    }

    /// Returns once each edit and read is over or given up: both tell an event loop of it, which must
    /// still be there. The pool gives up on the queue that it is handed, and calls back there, so only a
    /// queue that keeps the order calls back last.
    private func stopDisk() async {
        let queue = DispatchQueue(label: "faultserve.disk")
        await withCheckedContinuation { stopped in
            self.disk.shutdownGracefully(queue: queue) { _ in stopped.resume() }
        }
    }

    /// Gives each loop time to look at its connections once more. What a client said before it went, such as an
    /// alert, may still be in the kernel while the loop has not come so far, and to close a socket throws it away.
    private func readWhatHasCome() async {
        let rounds = self.group.makeIterator().map { $0.scheduleTask(in: .milliseconds(10)) {} }
        for round in rounds { try? await round.futureResult.get() }
    }

    /// Gives connections that are about to end by themselves a moment to do so.
    private func letGo(_ channels: [any Channel]) async {
        let loop = self.group.next()
        let all = EventLoopFuture.andAllComplete(channels.map(\.closeFuture), on: loop)
        let done = loop.makePromise(of: Void.self)
        let timer = loop.scheduleTask(in: .seconds(2)) { done.succeed() }
        all.whenComplete { _ in
            timer.cancel()
            done.succeed()
        }
        for channel in channels {
            channel.eventLoop.execute { channel.pipeline.fireUserInboundEventTriggered(Stopping()) }
        }
        try? await done.futureResult.get()
    }

    private func watchIdleness(_ limit: TimeAmount) {
        let loop = self.group.next()
        loop.scheduleRepeatedTask(initialDelay: limit, delay: .milliseconds(100)) { task in
            guard let since = self.population.idleSince, .now() - since >= limit else { return }
            task.cancel()
            self.stop(reason: "idle")
        }
    }
}

extension String {
    /// Whether the server ended by itself, with the last connections still closing.
    fileprivate var isOwnEnd: Bool { self == "enough requests" }
}

/// Tells handlers that the server stops: an idle connection ends now.
struct Stopping {}

extension Server.Trust {
    init(_ forge: Forge) throws(ServerError) {
        self.init(
            commonName: forge.honest.commonName, names: forge.honest.names,
            anchorPath: forge.trustAnchorPath,
            leafPEM: try forge.identity(for: forge.honest).leaf.pem(),
            expiredAnchorPEM: try forge.expiredAnchorPEM(), notes: forge.notes)
    }
}

extension Plan {
    /// A rule that means nothing without TLS, if there is one.
    fileprivate var ruleOfTLS: Rule? {
        self.rules.first { rule in
            switch rule.hook {
            case .handshake: true
            case .stream(let fault, on: .link): type(of: fault).unit == .record
            case .stream, .image, .response: false
            }
        }
    }
}
