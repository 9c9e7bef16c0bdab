import CLinux
import FaultKit
import Glibc
import NIOCore
import Synchronization

/// The socket's end of the pipeline: counts bytes, ends the connection as it is told, and notices a
/// client that left or takes nothing.
///
/// Endings come down as ``Ending`` events, behind the bytes that go before them.
final class LinkHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    /// How long an ended connection waits for the client's own end.
    private static let patience = TimeAmount.seconds(2)
    private static let poll = TimeAmount.milliseconds(5)

    private enum State {
        case open
        /// FIN is sent; the client's is awaited, so that unread bytes do not turn ours into a RST.
        case lingering
        /// RST is to be sent once the client has acknowledged all bytes.
        case resetting
        case hanging
        case closed
    }

    private let connection: Connection
    private let wheel: TimerWheel
    private var state = State.open
    private var timer: Timer?
    private var watch: Timer?
    private var stuck = (bytes: 0, since: NIODeadline.uptimeNanoseconds(0))

    private let isAdmitted: Bool

    /// - Parameter isAdmitted: false for a connection that is one too many: it is reset at once.
    init(connection: Connection, wheel: TimerWheel, isAdmitted: Bool = true) {
        self.connection = connection
        self.wheel = wheel
        self.isAdmitted = isAdmitted
    }

    private var isSecured: Bool { self.connection.core.contexts != nil }

    // MARK: Inbound

    func channelActive(context: ChannelHandlerContext) {
        guard self.isAdmitted else {
            self.connection.record(
                .limit(
                    name: "connections",
                    detail: "\(self.connection.limits.connections) are open, and no more may be"))
            return self.triggerUserOutboundEvent(
                context: context, event: Ending.reset, promise: nil)
        }
        self.watch(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.connection.received += self.unwrapInboundIn(data).readableBytes
        switch self.state {
        case .open: context.fireChannelRead(data)
        // TLS still hears whether the client says goodbye.
        case .hanging: if self.isSecured { context.fireChannelRead(data) }
        case .lingering, .resetting, .closed: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .some(.inputClosed) = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        switch self.state {
        case .open:
            context.fireUserInboundEventTriggered(event)
        case .lingering, .hanging:
            self.connection.noteEnding(by: .client, self.isSecured ? .cut : .clean)
            self.close(context)
        case .resetting, .closed:
            break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError {
            self.connection.noteEnding(by: .client, .reset)
            if error.errnoCode != ECONNRESET && error.errnoCode != EPIPE {
                self.connection.record(.failure("\(error)"))
            }
            self.close(context)
        } else {
            context.fireErrorCaught(error)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.state = .closed
        self.cancelTimers()
        // Last, behind what the handlers above still have to say.
        context.fireChannelInactive()
        self.connection.recordClosed(now: context.eventLoop.now)
    }

    // MARK: Outbound

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .open = self.state else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let count = self.unwrapOutboundIn(data).readableBytes
        self.connection.sent += count
        self.connection.core.sent.add(count, ordering: .relaxed)
        context.write(data, promise: promise)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard let ending = event as? Ending else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        promise?.succeed()
        guard case .open = self.state else { return }
        context.flush()
        switch ending {
        case .clean, .cut:
            self.connection.noteEnding(by: .server, ending == .clean ? .clean : .cut)
            self.finish(context)
        case .reset:
            self.connection.noteEnding(by: .server, .reset)
            self.state = .resetting
            self.reset(context, deadline: context.eventLoop.now + self.connection.limits.send)
        // Without TLS there is no close_notify.
        case .hang, .closeNotify:
            self.state = .hanging
        }
    }

    // MARK: Endings

    /// Sends FIN behind what was written, then waits for the client's.
    private func finish(_ context: ChannelHandlerContext) {
        self.state = .lingering
        let closed = context.eventLoop.makePromise(of: Void.self)
        context.close(mode: .output, promise: closed)
        closed.futureResult.assumeIsolated().whenComplete { _ in
            guard case .lingering = self.state else { return }
            self.watch?.cancel()
            self.timer = self.wheel.set(in: Self.patience) {
                self.close(context)
            }
        }
    }

    /// Sends RST once the client has acknowledged all that was written, or the deadline has passed.
    private func reset(_ context: ChannelHandlerContext, deadline: NIODeadline) {
        guard case .resetting = self.state else { return }
        guard let options = context.channel as? any SocketOptionProvider else {
            return self.close(context)
        }
        let info: EventLoopFuture<fs_tcp_info> = options.unsafeGetSocketOption(
            level: .tcp, name: .init(rawValue: fs_tcp_info_option))
        info.assumeIsolated().whenComplete { result in
            guard case .resetting = self.state else { return }
            let isSent: Bool
            switch result {
            case .success(var info):
                isSent = fs_all_acknowledged(&info) && self.waitingBytes(context) == 0
            case .failure: isSent = true
            }
            guard isSent || context.eventLoop.now >= deadline else {
                self.timer = self.wheel.set(in: Self.poll) {
                    self.reset(context, deadline: deadline)
                }
                return
            }
            // A close that may not linger is a reset (socket(7), SO_LINGER).
            let abort = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            abort.assumeIsolated().whenComplete { _ in self.close(context) }
        }
    }

    private func close(_ context: ChannelHandlerContext) {
        guard self.state != .closed else { return }
        self.state = .closed
        self.cancelTimers()
        context.close(promise: nil)
    }

    private func cancelTimers() {
        self.timer?.cancel()
        self.watch?.cancel()
    }

    // MARK: A client that takes nothing

    /// Bytes that the kernel has no room for.
    private func waitingBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Looks now and then whether bytes that wait for the client have become fewer.
    private func watch(_ context: ChannelHandlerContext) {
        let limit = self.connection.limits.send
        self.watch = self.wheel.set(in: limit / 4) {
            switch self.state {
            // What was written before a connection's end is still to be taken.
            case .open, .lingering: break
            case .resetting, .hanging, .closed: return
            }
            let now = context.eventLoop.now
            let waiting = self.waitingBytes(context)
            if waiting == 0 || waiting != self.stuck.bytes {
                self.stuck = (waiting, now)
            } else if now - self.stuck.since >= limit {
                self.connection.record(
                    .limit(name: "send", detail: "the client took no byte for \(limit.seconds) s"))
                self.connection.noteEnding(by: .server, .reset)
                self.state = .resetting
                return self.reset(context, deadline: now)
            }
            self.watch(context)
        }
    }
}

@available(*, unavailable)
extension LinkHandler: Sendable {}

extension TimeAmount {
    /// In whole seconds, rounded down.
    var seconds: Int64 { self.nanoseconds / 1_000_000_000 }

    static func / (time: TimeAmount, divisor: Int64) -> TimeAmount {
        .nanoseconds(time.nanoseconds / divisor)
    }
}
