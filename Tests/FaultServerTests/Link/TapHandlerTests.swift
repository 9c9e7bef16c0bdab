import FaultKit
import Faults
import NIOCore
import NIOEmbedded
import Testing

@testable import FaultServer

@Suite struct TapHandlerTests {
    /// Notes the endings that arrive at the socket's end.
    private final class EndNoter: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var endings: [Ending] = []
        func triggerUserOutboundEvent(
            context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
        ) {
            if let ending = event as? Ending { self.endings.append(ending) }
            promise?.succeed()
        }
    }

    private let bench: EngineBench
    private let noter = EndNoter()

    init() throws { self.bench = try EngineBench() }

    private func tap(_ rules: String..., units: StreamUnit = .byte) throws {
        let catalogue = Catalogue(Faults.all)
        let plan = Plan(
            profiles: [], rules: try rules.map { try Rule.parse($0, catalogue: catalogue) })
        let chain = TapChain(
            plan.rules.map { Match(rule: $0, dice: Dice(seed: 1)) }, on: .link)
        try self.bench.channel.pipeline.syncOperations.addHandlers([
            self.noter,
            TapHandler(
                chain: chain, units: units, wheel: self.bench.wheel,
                evidence: Evidence(on: .link, of: try EngineBench(rules).connection)),
        ])
    }

    private func write(_ text: String) -> EventLoopFuture<Void> {
        let promise = self.bench.channel.eventLoop.makePromise(of: Void.self)
        self.bench.channel.writeAndFlush(ByteBuffer(string: text), promise: promise)
        return promise.futureResult
    }

    private func end(_ ending: Ending) {
        self.bench.channel.triggerUserOutboundEvent(ending, promise: nil)
    }

    @Test func keepsAWritesPromiseWhenItsLastByteWasPlayed() throws {
        try self.tap("throttle on=link rate=10B/s quantum=2")
        var isDone = false
        self.write("0123456789").assumeIsolated().whenSuccess { isDone = true }
        self.bench.advance(.milliseconds(999))
        #expect(try !isDone && self.bench.text() == "01234567")
        self.bench.advance(.milliseconds(1))
        #expect(try isDone && self.bench.text() == "89")
    }

    @Test(arguments: Ending.allCases)
    func anEndingWaitsBehindTheBytes(ending: Ending) throws {
        try self.tap("delay on=link by=1s")
        _ = self.write("x")
        self.end(ending)
        #expect(self.noter.endings.isEmpty)
        self.bench.advance(.seconds(1))
        #expect(try self.bench.text() == "x")
        #expect(self.noter.endings == [ending])
    }

    @Test func failsWhatIsWrittenAfterTheEnd() throws {
        try self.tap("truncate on=link at=3 ending=reset")
        let first = self.write("0123456789")
        let second = self.write("x")
        #expect(throws: ChannelError.ioOnClosedChannel) { try first.wait() }
        #expect(throws: ChannelError.ioOnClosedChannel) { try second.wait() }
        #expect(try self.bench.text() == "012")
        self.end(.clean)
        #expect(self.noter.endings == [.reset])
    }

    @Test func playsNothingForAClientThatLeft() throws {
        try self.tap("stall on=link at=2 for=1h")
        let write = self.write("0123456789")
        self.bench.channel.pipeline.fireUserInboundEventTriggered(ClientLeft())
        self.end(.clean)
        #expect(throws: ChannelError.ioOnClosedChannel) { try write.wait() }
        #expect(self.noter.endings == [.clean])
        self.bench.advance(.hours(2))
        #expect(try self.bench.text() == "01")
    }

    @Test func aClientOfTLSThatClosesItsHalfHasLeftAndOneWithoutHasNot() throws {
        try self.tap("stall on=link at=2 for=1h")
        _ = self.write("0123")
        self.bench.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        self.end(.clean)
        #expect(self.noter.endings.isEmpty)
        self.bench.advance(.hours(1))
        #expect(try self.bench.text() == "0123")
        #expect(self.noter.endings == [.clean])
    }
}
