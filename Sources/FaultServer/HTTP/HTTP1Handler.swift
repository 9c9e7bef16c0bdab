import FaultKit
import NIOCore
import NIOHTTP1

/// Speaks HTTP/1 on one connection: turns parsed requests into exchanges, one after the other.
/// What happens when is decided by ``HTTP1Machine``; this is its shell.
final class HTTP1Handler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// How late a client may be found to have done nothing.
    private static let tick = TimeAmount.milliseconds(50)

    private let connection: Connection
    private let resources: LoopResources
    private let headGuard: HeadGuard
    private var machine: HTTP1Machine
    private var exchange: Exchange?
    /// An image is being edited for the response that is next.
    private var isPreparing = false
    private var keepsAlive = true
    private var requests = 0
    private var owesRead = false
    /// The client sends nothing any more.
    private var isInputClosed = false
    /// The connection's end is on its way down.
    private var hasEnded = false
    /// What follows the action that is being performed.
    private var actions = CircularBuffer<HTTP1Machine.Action>()
    private var isPerforming = false
    /// When the client must have done what the phase asks of it.
    private var deadline: (phase: HTTP1Machine.Phase, at: NIODeadline)?
    private var timer: (task: Timer, at: NIODeadline)?
    private var context: ChannelHandlerContext?

    init(connection: Connection, resources: LoopResources, headGuard: HeadGuard) {
        self.connection = connection
        self.resources = resources
        self.headGuard = headGuard
        self.machine = HTTP1Machine(bodyLimit: connection.limits.bodySize)
    }

    // MARK: Inbound

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.watch(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.headGuard.headRead()
            self.perform(self.machine.head(Request(head), keepAlive: head.isKeepAlive), context)
        case .body(let bytes):
            self.perform(self.machine.body(count: bytes.readableBytes), context)
        case .end:
            self.headGuard.requestRead()
            self.perform(self.machine.end(), context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { self.watch(context) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let refusal: HTTP1Machine.Refusal
        switch error {
        case is HeadTooLarge, HTTPParserError.headerOverflow: refusal = .headTooLarge
        case let error as HTTPParserError: refusal = .malformed("\(error)")
        default: return context.fireErrorCaught(error)
        }
        self.perform(self.machine.refuse(refusal), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ClientLeft {
            self.exchange?.abandon()
            self.end(.clean, context)
        } else if case .some(.inputClosed) = event as? ChannelEvent {
            self.isInputClosed = true
            self.perform(self.machine.inputClosed(), context)
        } else if event is Stopping {
            if self.exchange == nil, !self.isPreparing { self.end(.clean, context) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.task.cancel()
        self.exchange?.abandon()
        self.exchange = nil
        self.hasEnded = true
        context.fireChannelInactive()
    }

    /// Requests that wait for their turn hold the socket's bytes back.
    func read(context: ChannelHandlerContext) {
        if self.machine.wantsInput || self.hasEnded { context.read() } else { self.owesRead = true }
    }

    // MARK: Actions

    /// A response may be over before its action is, and ask for the next one: that one waits here, so
    /// that a thousand pipelined requests are no deeper than one.
    private func perform(_ action: HTTP1Machine.Action, _ context: ChannelHandlerContext) {
        self.actions.append(action)
        guard !self.isPerforming else { return }
        self.isPerforming = true
        defer { self.isPerforming = false }
        while let action = self.actions.popFirst() { self.performNow(action, context) }
    }

    private func performNow(_ action: HTTP1Machine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .nothing:
            break
        case .sendContinue:
            context.write(
                self.wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")),
                promise: nil)
            context.flush()
        case .respond(let request, let keepAlive):
            self.respond(to: request, keepAlive: keepAlive, context.eventLoop)
        case .refuse(let refusal):
            let (name, detail) = refusal.event
            self.connection.record(.limit(name: name, detail: detail))
            self.keepsAlive = false
            self.start(
                refusal.response(date: self.resources.now.text), to: Request(target: "/"), [])
        case .close:
            if self.isInputClosed { self.connection.noteEnding(by: .client, .clean) }
            self.end(.clean, context)
        }
    }

    private func respond(to request: Request, keepAlive: Bool, _ loop: any EventLoop) {
        self.requests += 1
        let asked = Asked(
            request, number: self.requests, keepsAlive: keepAlive, of: self.connection,
            at: self.resources.now)
        self.isPreparing = true
        asked.edition(
            from: self.connection.core.editions, on: self.resources.disk, for: loop
        ) { edition in
            self.isPreparing = false
            self.send(edition, to: asked)
        }
    }

    private func send(_ edition: Edition?, to asked: Asked) {
        // The client left while an image was edited: its response is over before it began.
        guard self.context != nil, !self.hasEnded else { return self.connection.responded() }
        let response = asked.answer(
            with: edition, of: self.connection, at: self.resources.now)
        self.keepsAlive = asked.keepsAlive && !response.isCloseDelimited
        self.start(response, to: asked.request, asked.matches)
    }

    private func start(_ response: Response, to request: Request, _ matches: [Match]) {
        guard let context else { return }
        self.deadline = nil
        let exchange = Exchange(
            response, to: request, number: self.requests, matches: matches,
            connection: self.connection, resources: self.resources, loop: context.eventLoop,
            owner: self)
        self.exchange = exchange
        exchange.begin()
    }

    private func end(_ ending: Ending, _ context: ChannelHandlerContext) {
        self.timer?.task.cancel()
        self.timer = nil
        self.deadline = nil
        self.hasEnded = true
        context.triggerUserOutboundEvent(ending, promise: nil)
        // Bytes that nobody reads would turn the connection's end into a reset.
        if self.owesRead {
            self.owesRead = false
            context.read()
        }
    }

    // MARK: Clients that do nothing

    /// Sets the deadline of the phase that the connection is in. One timer a connection: it looks
    /// at the deadline when it fires, and is not moved for each request.
    private func watch(_ context: ChannelHandlerContext) {
        let limits = self.connection.limits
        var phase = self.machine.phase
        if phase == .idle, self.headGuard.count > 0 { phase = .head }
        guard phase != .responding, !self.hasEnded else { return self.deadline = nil }
        guard self.deadline?.phase != phase else { return }
        let moment = context.eventLoop.now + (phase == .idle ? limits.idle : limits.head)
        self.deadline = (phase, moment)
        if let timer, timer.at <= moment { return }
        self.timer?.task.cancel()
        self.schedule(at: moment, context)
    }

    private func schedule(at moment: NIODeadline, _ context: ChannelHandlerContext) {
        let task = self.resources.wheel.set(at: moment, tick: Self.tick) {
            self.timer = nil
            guard let deadline = self.deadline else { return }
            guard deadline.at <= context.eventLoop.now else {
                return self.schedule(at: deadline.at, context)
            }
            let (name, limit) =
                deadline.phase == .idle
                ? ("idle", self.connection.limits.idle) : ("head", self.connection.limits.head)
            self.connection.record(
                .limit(name: name, detail: "no whole request within \(limit.seconds) s"))
            self.end(.clean, context)
        }
        self.timer = (task, moment)
    }
}

extension HTTP1Handler: ExchangeOwner {
    func say(_ interim: Interim, of version: FaultKit.HTTPVersion) {
        var buffer = ByteBuffer()
        ResponseEncoder.encode(interim, of: version, into: &buffer)
        self.send(buffer, promise: nil)
    }

    func sayHead(of response: Response, into batch: inout ByteBuffer) {
        ResponseEncoder.encode(response, into: &batch)
    }

    func send(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let context else { return promise?.fail(ChannelError.ioOnClosedChannel) ?? () }
        context.write(self.wrapOutboundOut(bytes), promise: promise)
    }

    var images: (any ImageSink)? { nil }

    /// The head has said so.
    func bodyEnds() {}

    func flush() { self.context?.flush() }

    func exchangeDone(_ outcome: ExchangeOutcome) {
        self.exchange = nil
        guard let context else { return }
        switch outcome {
        case .whole: break
        case .misframed: return self.end(.clean, context)
        case .ended(let ending), .last(let ending): return self.end(ending, context)
        }
        self.perform(self.machine.responded(keepAlive: self.keepsAlive), context)
        self.watch(context)
        if self.owesRead, self.machine.wantsInput {
            self.owesRead = false
            context.read()
        }
    }
}

@available(*, unavailable)
extension HTTP1Handler: Sendable {}

extension Request {
    init(_ head: HTTPRequestHead) {
        self.init(
            method: head.method.rawValue, target: head.uri,
            version: HTTPVersion(major: head.version.major, minor: head.version.minor),
            fields: Fields(head.headers.map { Field($0.name, $0.value) }))
    }
}
