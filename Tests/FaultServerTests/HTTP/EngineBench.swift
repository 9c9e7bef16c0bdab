import FaultKit
import Faults
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import FaultServer

/// Keeps events, for tests to look at. They are there once the journal is closed.
final class Memory: JournalSink {
    private let events = NIOLockedValueBox<[Event]>([])
    var all: [Event] { self.events.withLockedValue { $0 } }
    func write(_ event: Event) { self.events.withLockedValue { $0.append(event) } }
    func close() {}
}

/// A server's handlers without TLS on a channel without a socket, on a clock that the test turns.
final class EngineBench {
    static let image = Image(name: "firmware.bin", bytes: (0..<600_000).map { UInt8($0 % 251) })

    let channel = EmbeddedChannel()
    let connection: Connection
    let core: Core
    private let memory = Memory()
    private let journal: Journal

    convenience init(
        _ rules: String..., image: Image = EngineBench.image, limits: Limits = Limits()
    ) throws {
        try self.init(rules, image: image, limits: limits)
    }

    convenience init(
        _ rules: [String], image: Image = EngineBench.image, limits: Limits = Limits()
    ) throws {
        let catalogue = Catalogue(Faults.all)
        try self.init(
            rules: try rules.map { try Rule.parse($0, catalogue: catalogue) }, image: image,
            limits: limits)
    }

    init(rules: [Rule], image: Image = EngineBench.image, limits: Limits = Limits()) throws {
        let plan = Plan(profiles: [], rules: rules)
        self.journal = Journal([self.memory])
        var content = Content()
        try content.offer(image, modified: 1_700_000_000)
        let editions = Editions()
        // What cannot be edited is answered with 500 here.
        try? Rehearsal(plan, of: content, into: editions).run()
        self.core = Core(
            plan: plan, journal: self.journal, origin: Origin(content), editions: editions,
            limits: limits, offersHTTP2: false, contexts: nil, loops: [self.channel.eventLoop],
            disk: NIOThreadPool(numberOfThreads: 1), clock: { 1_800_000_000 },
            population: Population(limit: 10, exitAfter: nil) {})
        let client = try SocketAddress(ipAddress: "192.0.2.7", port: 4_000)
        self.connection = Connection(
            core: self.core, client: client,
            encounter: self.core.ledger.accepted(client: client),
            now: self.channel.eventLoop.now)
    }

    var wheel: TimerWheel { self.core.resources(of: self.channel.eventLoop).wheel }

    /// Builds the pipeline of a plain connection above the handlers that are given.
    func connect(above below: [any ChannelHandler] = []) throws {
        let pipeline = self.channel.pipeline.syncOperations
        try pipeline.addHandlers(
            [LinkHandler(connection: self.connection, wheel: self.wheel)] + below)
        let taps = TapChain(self.connection.encounter.link(), on: .link)
        if !taps.isEmpty {
            try pipeline.addHandler(
                TapHandler(
                    chain: taps, units: .byte, wheel: self.wheel,
                    evidence: Evidence(on: .link, of: self.connection)))
        }
        try pipeline.addHandler(SessionHandler(connection: self.connection))
        self.channel.connect(
            to: try SocketAddress(ipAddress: "192.0.2.7", port: 4_000), promise: nil)
    }

    func send(_ text: String) throws { try self.channel.writeInbound(ByteBuffer(string: text)) }

    func advance(_ time: TimeAmount) { self.channel.embeddedEventLoop.advanceTime(by: time) }

    /// What went to the socket since the last call.
    func taken() throws -> ByteBuffer {
        var all = ByteBuffer()
        while let part = try self.channel.readOutbound(as: ByteBuffer.self) {
            all.writeImmutableBuffer(part)
        }
        return all
    }

    func text() throws -> String { String(buffer: try self.taken()) }

    /// The journal so far; nothing may be recorded afterwards.
    func events() -> [Event] {
        self.journal.close()
        return self.memory.all
    }

    func names() -> [String] { self.events().map(\.kind.name) }
}

extension ByteBuffer {
    /// What follows the first empty line.
    var bodyOfResponse: [UInt8] {
        let bytes = Array(self.readableBytesView)
        let end = bytes.indices.first { bytes[$0...].starts(with: "\r\n\r\n".utf8) }
        return end.map { Array(bytes[($0 + 4)...]) } ?? []
    }
}

/// Holds writes back, as a socket that is full does.
final class FullSocket: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var waiting: [(ByteBuffer, EventLoopPromise<Void>?)] = []

    var bytes: Int { self.waiting.reduce(0) { $0 + $1.0.readableBytes } }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        self.waiting.append((self.unwrapOutboundIn(data), promise))
    }

    /// The client takes all that waits.
    func drain() -> [UInt8] {
        let taken = self.waiting
        self.waiting = []
        for (_, promise) in taken { promise?.succeed() }
        return taken.flatMap { Array($0.0.readableBytesView) }
    }
}
