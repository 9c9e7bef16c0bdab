import FaultKit
import NIOCore

/// Tells HTTP/2 from HTTP/1 by a connection's first bytes, where there is no TLS and so no ALPN: a client that knows
/// of HTTP/2 begins with its preface (RFC 9113 §3.3, §3.4).
final class PrefaceSniffer: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let connection: Connection
    private let wheel: TimerWheel
    private var bytes = ByteBuffer()
    private var timer: Timer?

    init(connection: Connection, wheel: TimerWheel) {
        self.connection = connection
        self.wheel = wheel
    }

    func channelActive(context: ChannelHandlerContext) {
        let limit = self.connection.limits.idle
        self.timer = self.wheel.set(in: limit) {
            self.connection.record(
                .limit(name: "idle", detail: "no whole request within \(limit.seconds) s"))
            context.triggerUserOutboundEvent(Ending.clean, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.inputClosed) = event as? ChannelEvent { self.decide(.http1, context) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.bytes.writeImmutableBuffer(self.unwrapInboundIn(data))
        let start = self.bytes.readableBytesView.prefix(Self.preface.count)
        guard Self.preface.starts(with: start) else { return self.decide(.http1, context) }
        if start.count == Self.preface.count { self.decide(.http2, context) }
    }

    private func decide(
        _ spoken: Handshake.ApplicationProtocol, _ context: ChannelHandlerContext
    ) {
        self.timer?.cancel()
        context.fireUserInboundEventTriggered(HandshakeDone(serverName: nil, speaks: spoken))
        context.fireChannelActive()
        if self.bytes.readableBytes > 0 {
            context.fireChannelRead(self.wrapInboundOut(self.bytes))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}

@available(*, unavailable)
extension PrefaceSniffer: Sendable {}
