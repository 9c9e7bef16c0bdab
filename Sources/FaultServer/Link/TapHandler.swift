import FaultKit
import NIOCore

/// Plays what a connection sends through the stream faults of one place: above TLS for
/// ``Place/http``, below it for ``Place/link``. Stands in the pipeline only where a rule asks for it.
///
/// A write's promise is kept when its last byte was played, so that a tap that waits holds back
/// whoever produces the bytes.
final class TapHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var chain: TapChain
    private let units: StreamUnit
    private let wheel: TimerWheel
    private var cutter: UnitCutter
    private var offset = 0
    private var hasClientLeft = false
    private var evidence: Evidence
    private var playback: StepPlayback!
    private var context: ChannelHandlerContext!

    /// - Parameter units: what the bytes consist of, each of which is a chunk.
    init(chain: TapChain, units: StreamUnit, wheel: TimerWheel, evidence: Evidence) {
        self.chain = chain
        self.wheel = wheel
        self.units = units
        self.cutter = UnitCutter(units)
        self.evidence = evidence
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.playback = StepPlayback(wheel: self.wheel, sink: self)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.play(self.chain.begin(), promise: nil)
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.playback.stop()
        self.evidence.close()
        self.playback = nil
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.playback.stop()
        self.evidence.close()
        context.fireChannelInactive()
    }

    /// Nobody waits for what the schedule holds back once the client has left. A client without TLS may
    /// have closed its own half only, and still be told the rest.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ClientLeft || self.units == .record && (event as? ChannelEvent) == .inputClosed
        {
            self.hasClientLeft = true
            self.playback.stop()
            self.evidence.close()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = self.unwrapOutboundIn(data)
        let parts = self.cutter.cut(bytes)
        var steps: [Step] = []
        for part in parts {
            steps += self.chain.pass(Chunk(offset: self.offset, total: nil, bytes: part))
            self.offset += part.readableBytes
        }
        self.play(steps, promise: promise)
    }

    private func play(_ steps: [Step], promise: EventLoopPromise<Void>?) {
        self.evidence.add(self.chain.takeStrikes())
        guard !steps.isEmpty || promise != nil else { return }
        self.playback.play(steps, promise: promise)
    }

    /// The playback flushes: what waits for its turn must not be flushed past it.
    func flush(context: ChannelHandlerContext) {}

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard let ending = event as? Ending else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        guard !self.hasClientLeft else {
            return context.triggerUserOutboundEvent(ending, promise: promise)
        }
        promise?.succeed()
        if ending == .clean {
            var last: [Step] = []
            if let rest = self.cutter.takeRest() {
                last += self.chain.pass(Chunk(offset: self.offset, total: nil, bytes: rest))
            }
            self.play(last + self.chain.finish(), promise: nil)
        } else {
            self.playback.play([.end(ending)], promise: nil)
        }
    }
}

extension TapHandler: StepSink {
    func play(_ bytes: ByteBuffer) {
        self.context.write(self.wrapOutboundOut(bytes), promise: nil)
    }

    func playFlush(_ promise: EventLoopPromise<Void>?) {
        if let promise {
            // Completed in its turn, behind the bytes that were written before it.
            self.context.write(self.wrapOutboundOut(ByteBuffer()), promise: promise)
        }
        self.context.flush()
    }

    func playEnd(_ ending: Ending) {
        self.evidence.close()
        self.context.flush()
        self.context.triggerUserOutboundEvent(ending, promise: nil)
    }
}

@available(*, unavailable)
extension TapHandler: Sendable {}
