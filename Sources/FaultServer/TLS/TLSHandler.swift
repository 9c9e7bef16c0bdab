import FaultKit
import NIOCore

/// Speaks TLS: ciphertext below, plaintext above. Owns the session and tells the journal of hello,
/// handshake and alerts.
///
/// Plaintext that is written is encrypted at once; its promise goes with the ciphertext.
final class TLSHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case handshaking
        case open
        /// The server says nothing any more, but hears whether the client says goodbye.
        case silent
        /// The server has ended the connection, or TLS has failed.
        case ended
    }

    private let connection: Connection
    private let contexts: TLSContexts
    private let resources: LoopResources
    private let session: TLSSession
    private var state = State.handshaking
    private var timer: Timer?
    /// Plaintext that waits for the end of a renegotiation, in order.
    private var waiting: [(plaintext: ByteBuffer, promise: EventLoopPromise<Void>?)] = []
    /// Set when the client has sent close_notify.
    private var clientSaidGoodbye = false

    init(connection: Connection, contexts: TLSContexts, resources: LoopResources) {
        self.connection = connection
        self.contexts = contexts
        self.resources = resources
        self.session = TLSSession(context: contexts.honest) { serverName, event in
            connection.record(.hello(event()))
            return try contexts.context(for: connection, serverName: serverName)
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        let limit = self.connection.limits.handshake
        self.timer = self.resources.wheel.set(in: limit) {
            guard case .handshaking = self.state else { return }
            let missing =
                self.session.hasChosen ? "no end of the handshake" : "no whole ClientHello"
            self.connection.record(
                .limit(name: "handshake", detail: "\(missing) within \(limit.seconds) s"))
            self.end(.cut, context)
        }
        // HTTP hears of the connection once the handshake is over.
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.noteUnfinishedHandshake()
        self.state = .ended
        self.abandonWaiting()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .some(.inputClosed) = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        self.connection.noteEnding(by: .client, self.clientSaidGoodbye ? .clean : .cut)
        switch self.state {
        case .handshaking:
            self.noteUnfinishedHandshake()
            self.end(.cut, context)
        // No HTTPS client half-closes: it has left.
        case .open: context.fireUserInboundEventTriggered(ClientLeft())
        case .silent, .ended: break
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.state != .ended else { return }
        self.session.receive(self.unwrapInboundIn(data))
        if case .handshaking = self.state { self.shakeHands(context) }
        switch self.state {
        case .open: self.readPlaintext(context)
        case .silent: self.awaitGoodbye()
        case .handshaking, .ended: break
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .open = self.state else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let plaintext = self.unwrapOutboundIn(data)
        guard self.waiting.isEmpty else { return self.waiting.append((plaintext, promise)) }
        self.encrypt(plaintext, promise, context)
    }

    private func encrypt(
        _ plaintext: ByteBuffer, _ promise: EventLoopPromise<Void>?,
        _ context: ChannelHandlerContext
    ) {
        if plaintext.readableBytes >= BufferPool.worthwhile {
            self.session.lend(self.resources.pool.take())
        }
        do {
            if let rest = try self.session.write(plaintext) {
                self.waiting.insert((rest, promise), at: 0)
                return self.writeOutput(context, promise: nil)
            }
        } catch {
            promise?.fail(error)
            return self.fail(error, context)
        }
        self.writeOutput(context, promise: promise)
    }

    /// The client has said something, and may have ended a renegotiation with it.
    private func encryptWaiting(_ context: ChannelHandlerContext) {
        guard !self.waiting.isEmpty else { return }
        let waiting = self.waiting
        self.waiting = []
        defer { context.flush() }
        for (plaintext, promise) in waiting {
            guard self.waiting.isEmpty else {
                self.waiting.append((plaintext, promise))
                continue
            }
            self.encrypt(plaintext, promise, context)
        }
    }

    private func abandonWaiting() {
        for (_, promise) in self.waiting { promise?.fail(ChannelError.ioOnClosedChannel) }
        self.waiting = []
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard let ending = event as? Ending else {
            return context.triggerUserOutboundEvent(event, promise: promise)
        }
        promise?.succeed()
        self.end(ending, context)
    }

    // MARK: -

    private func shakeHands(_ context: ChannelHandlerContext) {
        switch self.session.handshake() {
        case .incomplete: self.flushOutput(context)
        case .complete: self.open(context)
        case .failed(let error):
            if let answer = self.session.refusal?.plainAnswer {
                return self.answer(answer, context)
            }
            self.recordFailure(self.session.choiceError.map { "\($0)" } ?? error.description)
            self.end(.cut, context)
        }
    }

    /// The handshake is over: HTTP hears of the connection.
    private func open(_ context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.state = .open
        let negotiated = self.session.negotiated
        self.connection.record(
            .handshake(
                version: negotiated.version, cipher: negotiated.cipher, alpn: negotiated.alpn,
                resumed: negotiated.resumed, names: self.contexts.names(for: self.connection)))
        self.recordAlerts()
        self.flushOutput(context)
        // A client that has gone meanwhile, so that its tickets could not be sent, has ended the connection.
        guard case .open = self.state else { return }
        context.fireUserInboundEventTriggered(
            HandshakeDone(
                serverName: self.session.serverName,
                speaks: self.session.context.handshake.speaks
                    ?? (negotiated.alpn == "h2" && self.connection.core.offersHTTP2
                        ? .http2 : .http1)))
        context.fireChannelActive()
    }

    /// Answers with what is no TLS.
    private func answer(
        _ answer: (bytes: ByteBuffer, words: String), _ context: ChannelHandlerContext
    ) {
        _ = self.session.takeOutput()
        context.writeAndFlush(self.wrapOutboundOut(answer.bytes), promise: nil)
        self.recordFailure("a fault answers with \(answer.words)")
        self.end(.cut, context)
    }

    private func readPlaintext(_ context: ChannelHandlerContext) {
        var plaintext = ByteBuffer()
        reading: while case .open = self.state {
            switch self.session.read(into: &plaintext) {
            case .bytes:
                context.fireChannelRead(self.wrapInboundOut(plaintext))
                plaintext = ByteBuffer()
            case .nothing:
                break reading
            case .closeNotify:
                self.recordAlerts()
                self.clientSaidGoodbye = true
                self.connection.noteEnding(by: .client, .clean)
                context.fireUserInboundEventTriggered(ClientLeft())
                break reading
            case .failed(let error):
                return self.fail(error, context)
            }
        }
        self.recordAlerts()
        if case .open = self.state { self.encryptWaiting(context) }
        // OpenSSL answers a KeyUpdate by itself.
        self.flushOutput(context)
        if case .open = self.state { context.fireChannelReadComplete() }
    }

    /// Reads on for close_notify alone.
    private func awaitGoodbye() {
        while true {
            var discarded = ByteBuffer()
            switch self.session.read(into: &discarded) {
            case .bytes: continue
            case .closeNotify: return self.connection.noteEnding(by: .client, .clean)
            case .nothing, .failed: return
            }
        }
    }

    private func noteUnfinishedHandshake() {
        guard case .handshaking = self.state, self.connection.received > 0 else { return }
        self.recordFailure("the client left in the middle of the handshake")
    }

    func channelReadComplete(context: ChannelHandlerContext) {}

    private func flushOutput(_ context: ChannelHandlerContext) {
        guard self.session.hasOutput else { return }
        self.writeOutput(context, promise: nil)
        context.flush()
    }

    private func writeOutput(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        let ciphertext = self.session.takeOutput()
        guard ciphertext.capacity >= BufferPool.worthwhile else {
            return context.write(self.wrapOutboundOut(ciphertext), promise: promise)
        }
        let promise = promise ?? context.eventLoop.makePromise()
        promise.futureResult.assumeIsolated().whenComplete { _ in
            self.resources.pool.give(ciphertext)
        }
        context.write(self.wrapOutboundOut(ciphertext), promise: promise)
    }

    /// TLS itself failed after the handshake: a bad record, a fatal alert.
    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        guard case .open = self.state else { return }
        let alerts = self.recordAlerts()
        if !alerts.contains(where: { $0.isFatal }) {
            self.connection.record(.failure("TLS: \(error)"))
        }
        self.end(.cut, context)
        context.fireUserInboundEventTriggered(ClientLeft())
    }

    private func end(_ ending: Ending, _ context: ChannelHandlerContext) {
        guard self.state != .ended, self.state != .silent else { return }
        let isOpen = self.state == .open
        if isOpen, ending == .clean || ending == .closeNotify { self.session.closeNotify() }
        let staysOpen = ending == .hang || ending == .closeNotify
        self.state = isOpen && staysOpen ? .silent : .ended
        self.timer?.cancel()
        self.abandonWaiting()
        self.flushOutput(context)
        context.triggerUserOutboundEvent(staysOpen ? .hang : ending, promise: nil)
    }

    @discardableResult
    private func recordAlerts() -> [Event.Alert] {
        let alerts = self.session.takeAlerts()
        // close_notify is told by the `closed` event.
        for alert in alerts where alert.number != 0 {
            self.noteRefusal(alert)
            self.connection.record(.alert(alert))
        }
        return alerts
    }

    private func recordFailure(_ reason: String) {
        let alerts = self.session.takeAlerts()
        let alert = alerts.first { $0.sender == .client } ?? alerts.first
        if let alert { self.noteRefusal(alert) }
        self.connection.record(.handshakeFailed(reason: reason, alert: alert))
    }

    /// A client that sends a fatal alert has ended the connection (RFC 8446 §6.2).
    private func noteRefusal(_ alert: Event.Alert) {
        if alert.sender == .client, alert.isFatal { self.connection.noteEnding(by: .client, .cut) }
    }
}

@available(*, unavailable)
extension TLSHandler: Sendable {}

/// Tells the handlers above that a TLS session stands.
struct HandshakeDone {
    let serverName: String?
    let speaks: Handshake.ApplicationProtocol
}

/// Tells the handlers above that the client takes nothing any more.
struct ClientLeft {}
