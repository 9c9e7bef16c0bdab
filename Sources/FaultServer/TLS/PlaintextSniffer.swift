import FaultKit
import NIOCore

/// Tells TLS from plain HTTP by a connection's first byte, where a plan sends clients to the same port
/// without TLS: a handshake record begins with 0x16 (RFC 8446 §5.1), and no method of HTTP does.
final class PlaintextSniffer: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let connection: Connection
    private let wheel: TimerWheel
    private let makeTLS: () -> TLSHandler
    private var timer: Timer?

    init(
        connection: Connection, wheel: TimerWheel, makeTLS: @escaping () -> TLSHandler
    ) {
        self.connection = connection
        self.wheel = wheel
        self.makeTLS = makeTLS
    }

    func channelActive(context: ChannelHandlerContext) {
        let limit = self.connection.limits.handshake
        self.timer = self.wheel.set(in: limit) {
            self.connection.record(
                .limit(name: "handshake", detail: "no byte within \(limit.seconds) s"))
            context.triggerUserOutboundEvent(Ending.cut, promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        guard let first = bytes.readableBytesView.first else { return }
        self.timer?.cancel()
        let pipeline = context.pipeline.syncOperations
        if first == 0x16 {
            do {
                try pipeline.addHandler(self.makeTLS(), position: .after(self))
            } catch {
                preconditionFailure("a pipeline that takes no handler: \(error)")
            }
        } else {
            context.fireUserInboundEventTriggered(HandshakeDone(serverName: nil, speaks: .http1))
        }
        context.fireChannelActive()
        context.fireChannelRead(data)
        pipeline.removeHandler(context: context, promise: nil)
    }
}

@available(*, unavailable)
extension PlaintextSniffer: Sendable {}
