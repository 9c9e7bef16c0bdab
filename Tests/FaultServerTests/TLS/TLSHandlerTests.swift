import COpenSSL
import FaultKit
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import FaultServer

/// The pipeline of a TLS connection on a channel without a socket.
@Suite struct TLSHandlerTests {
    private let folder: CertificateFolder
    private let channel = EmbeddedChannel()
    private let memory = Memory()
    private let journal: Journal
    private let core: Core

    init() throws {
        self.folder = try CertificateFolder()
        self.journal = Journal([self.memory])
        let plan = Plan(profiles: [])
        let forge = try Forge(
            source: .authority(directory: self.folder["state"]), hosts: ["localhost"])
        self.core = Core(
            plan: plan, journal: self.journal, origin: Origin(Content()), editions: Editions(),
            limits: Limits(), offersHTTP2: false,
            contexts: try TLSContexts(forge: forge, plan: plan),
            loops: [self.channel.eventLoop], disk: NIOThreadPool(numberOfThreads: 1),
            clock: { 1_800_000_000 }, population: Population(limit: 10, exitAfter: nil) {})
        let encounter = self.core.ledger.accepted(client: nil)
        try self.channel.setUp(
            core: self.core, arrival: .init(encounter: encounter, isAdmitted: true))
        self.channel.connect(
            to: try SocketAddress(ipAddress: "192.0.2.7", port: 4_000), promise: nil)
    }

    /// Lets the client speak and hear, until neither has more to say.
    private func talk(to client: MemoryClient) throws {
        for _ in 0..<5 {
            client.turn()
            let said = client.give()
            if said.readableBytes > 0 { try self.channel.writeInbound(said) }
            while let part = try self.channel.readOutbound(as: ByteBuffer.self) {
                client.take(part)
            }
        }
    }

    private func names() -> [String] {
        self.journal.close()
        return self.memory.all.map(\.kind.name)
    }

    @Test func aClientThatShakesHandsIsAnswered() throws {
        let client = MemoryClient(version: TLS1_3_VERSION)
        try self.talk(to: client)
        client.say("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        try self.talk(to: client)
        #expect(String(decoding: client.heard, as: UTF8.self).hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(self.names().starts(with: ["accepted", "hello", "handshake", "request"]))
    }

    /// A client of TLS 1.3 is through with its handshake before its tickets come.
    @Test func aClientThatIsGoneBeforeItsTicketsHasShakenHands() throws {
        let gone = GoneAfter(writes: 1)
        try self.channel.pipeline.syncOperations.addHandler(gone, position: .first)
        try self.talk(to: MemoryClient(version: TLS1_3_VERSION))
        #expect(gone.isGone)
        // Nobody waits for its request any more.
        self.channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(self.names() == ["accepted", "hello", "handshake", "closed"])
        guard case .closed(let closing) = self.memory.all.last?.kind else { return }
        #expect(closing.by == .client)
        #expect(closing.how == .reset)
    }
}

/// A socket whose client is gone after some writes, which the next one shows.
private final class GoneAfter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    private var writes: Int
    private(set) var isGone = false

    init(writes: Int) { self.writes = writes }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard self.writes > 0 else {
            self.isGone = true
            promise?.fail(IOError(errnoCode: EPIPE, reason: "write"))
            return context.close(promise: nil)
        }
        self.writes -= 1
        context.write(data, promise: promise)
    }
}
