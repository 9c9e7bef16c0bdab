import FaultKit
import NIOCore

/// Speaks HTTP/2 on one connection: turns requests into exchanges, as many at once as the client may have streams.
/// What frames mean is ``HTTP2Session``'s; this is its shell.
final class HTTP2Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Batches that are on their way to the socket.
    private static let batchesInFlight = 2
    /// Batches that are sent before the other connections of the loop have their turn.
    private static let turn = 8
    /// Bytes of a batch behind which no frame begins, so that the last one still fits: a buffer that grows is lost to
    /// the pool.
    private static let batch = BufferPool.batch - FrameSize.header - FrameSize.leastMaximum
    /// A batch below this size leaves in a buffer of its own size.
    private static let small = 16_384

    let session: HTTP2Session
    private let connection: Connection
    private let resources: LoopResources
    private var streams: [HTTP2Session.StreamID: HTTP2Stream] = [:]
    private var requests = 0
    private var inFlight = 0
    private var isDraining = false
    private var wantsDrain = false
    private var isReceiving = false
    private var hasEnded = false
    private var isInputClosed = false
    private var watch: Timer?
    /// When the connection had no stream, or none of its bytes could be sent, for the last time.
    private var idleSince: NIODeadline?
    private var stuckSince: NIODeadline?
    private var context: ChannelHandlerContext?

    init(connection: Connection, resources: LoopResources) {
        self.connection = connection
        self.resources = resources
        self.session = HTTP2Session(limits: connection.limits)
    }

    // MARK: Inbound

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.idleSince = context.eventLoop.now
        self.look(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        // Not before: a tap below may be added later.
        self.drain()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.hasEnded else { return }
        self.isReceiving = true
        let events = self.session.receive(self.unwrapInboundIn(data))
        self.perform(events ?? self.session.takeEvents())
        self.isReceiving = false
        self.drain(beginsWith: BufferPool.firstBatch)
        if events == nil { self.end(.clean) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ClientLeft {
            self.end(.clean)
        } else if case .some(.inputClosed) = event as? ChannelEvent {
            self.isInputClosed = true
            self.connection.noteEnding(by: .client, .clean)
            self.endIfOver()
        } else if event is Stopping {
            if self.streams.isEmpty { self.sayGoodbye() }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.hasEnded = true
        self.abandon()
        context.fireChannelInactive()
    }

    // MARK: Events

    private func perform(_ events: [HTTP2Session.Event]) {
        for event in events where !self.hasEnded { self.perform(event) }
    }

    private func perform(_ event: HTTP2Session.Event) {
        switch event {
        case .head(let id, let request):
            self.open(id, request)
            if request.fields["expect"]?.equalsIgnoringCase("100-continue") == true {
                self.session.inform([Field(":status", "100")], on: id)
            }
        case .headTooLarge(let id):
            if let stream = self.open(id, Request(target: "/", version: .http2)) {
                self.refuse(.headTooLarge, stream)
            }
        case .body(let id, let count):
            guard let stream = self.streams[id], !stream.isRead else { return }
            stream.bodyCount += count
            if stream.bodyCount > self.connection.limits.bodySize {
                self.refuse(.bodyTooLarge, stream)
            }
        case .end(let id):
            guard let stream = self.streams[id], !stream.isRead else { return }
            self.respond(on: stream)
        case .closed(let id):
            guard let stream = self.streams.removeValue(forKey: id) else { return }
            stream.exchange?.abandon()
            if self.streams.isEmpty { self.idleSince = self.context?.eventLoop.now }
        case .error(let id, let sender, let code):
            self.connection.record(
                .http2Error(
                    by: sender, frame: id == nil ? "GOAWAY" : "RST_STREAM",
                    code: code.name),
                request: id.flatMap { self.streams[$0]?.exchange?.number })
        case .unread(let id, let image, let range):
            guard let context else { return }
            self.resources.read(range, of: image, for: context.eventLoop).whenComplete { result in
                self.session.supply(result, to: id)
                self.drain()
            }
        case .refused(let reason):
            self.connection.record(.limit(name: "frame", detail: reason))
        // The connection ends once that is said.
        case .connectionEnds(.clean): self.session.goAway(.noError)
        case .connectionEnds(let ending): self.end(ending)
        }
    }

    @discardableResult
    private func open(_ id: HTTP2Session.StreamID, _ request: Request) -> HTTP2Stream? {
        guard let now = self.context?.eventLoop.now else { return nil }
        let stream = HTTP2Stream(id, request, handler: self, now: now)
        self.streams[id] = stream
        self.idleSince = nil
        return stream
    }

    private func respond(on stream: HTTP2Stream) {
        guard let context else { return }
        stream.isRead = true
        self.requests += 1
        let asked = Asked(
            stream.request, number: self.requests, keepsAlive: true, of: self.connection,
            at: self.resources.now)
        asked.edition(
            from: self.connection.core.editions, on: self.resources.disk, for: context.eventLoop
        ) { edition in
            // The client left while an image was edited: its response is over before it began.
            guard self.streams[stream.id] === stream, !self.hasEnded else {
                return self.connection.responded()
            }
            let response = asked.answer(
                with: edition, of: self.connection, at: self.resources.now)
            self.start(response, on: stream, asked.number, asked.matches)
        }
    }

    private func refuse(_ refusal: HTTP1Machine.Refusal, _ stream: HTTP2Stream) {
        stream.isRead = true
        let (name, detail) = refusal.event
        self.connection.record(.limit(name: name, detail: detail))
        var response = refusal.response(date: self.resources.now.text)
        response.fields["Connection"] = nil
        response.sequel = .asAsked
        self.requests += 1
        self.start(response, on: stream, self.requests, [])
    }

    private func start(
        _ response: Response, on stream: HTTP2Stream, _ number: Int, _ matches: [Match]
    ) {
        guard let context else { return }
        let exchange = Exchange(
            response, to: stream.request, number: number, matches: matches,
            connection: self.connection, resources: self.resources, loop: context.eventLoop,
            owner: stream)
        stream.exchange = exchange
        exchange.begin()
    }

    // MARK: Outbound

    /// Sends what the session has to say and the client's windows have room for, a first batch of so many bytes.
    func drain(beginsWith limit: Int = HTTP2Handler.batch) {
        self.wantsDrain = true
        // A promise that is kept below makes an exchange send more: that is drained here, in its turn.
        guard !self.isDraining, !self.isReceiving else { return }
        self.isDraining = true
        defer { self.isDraining = false }
        var turns = 0
        while self.wantsDrain, self.inFlight < Self.batchesInFlight, !self.hasEnded, let context {
            guard turns < Self.turn else {
                return context.eventLoop.assumeIsolated().execute { self.drain() }
            }
            self.wantsDrain = self.drainBatch(upTo: turns == 0 ? limit : Self.batch, context)
            turns += 1
        }
        self.endIfOver()
    }

    /// - Returns: whether there may be more.
    private func drainBatch(upTo limit: Int, _ context: ChannelHandlerContext) -> Bool {
        var batch = self.resources.pool.take()
        var hasMore = false
        repeat {
            let before = batch.readableBytes
            let taken = self.session.drain(into: &batch, upTo: limit)
            // Exchanges send more at once.
            for promise in taken { promise.succeed() }
            hasMore = batch.readableBytes > before || !taken.isEmpty
        } while hasMore && batch.readableBytes < limit && !self.hasEnded
        let count = batch.readableBytes
        if count > 0 {
            self.stuckSince = nil
            let isSmall = count < Self.small
            let bytes = isSmall ? ByteBuffer(bytes: batch.readableBytesView) : batch
            if isSmall { self.resources.pool.give(batch) }
            self.inFlight += 1
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated().whenComplete { result in
                if !isSmall { self.resources.pool.give(bytes) }
                self.inFlight -= 1
                if case .success = result { self.drain() }
            }
            context.writeAndFlush(self.wrapOutboundOut(bytes), promise: promise)
        } else {
            self.resources.pool.give(batch)
        }
        let events = self.session.takeEvents()
        self.perform(events)
        return count > 0 || !events.isEmpty
    }

    // MARK: The end

    private func endIfOver() {
        guard !self.hasEnded, self.inFlight == 0 else { return }
        if self.session.isOver || self.isInputClosed && self.streams.isEmpty { self.end(.clean) }
    }

    /// Says GOAWAY, and ends the connection behind it.
    private func sayGoodbye() {
        self.session.goAway(.noError)
        self.drain()
        self.end(.clean)
    }

    private func end(_ ending: Ending) {
        guard !self.hasEnded else { return }
        self.hasEnded = true
        self.abandon()
        self.context?.triggerUserOutboundEvent(ending, promise: nil)
    }

    private func abandon() {
        self.watch?.cancel()
        let streams = self.streams
        self.streams = [:]
        for stream in streams.values { stream.exchange?.abandon() }
    }

    // MARK: Clients that do nothing

    /// Looks now and then whether the client does what it is waited for.
    private func look(_ context: ChannelHandlerContext) {
        let limits = self.connection.limits
        let pause = min(limits.head, limits.idle, limits.send) / 4
        self.watch = self.resources.wheel.set(in: pause) {
            guard !self.hasEnded else { return }
            let now = context.eventLoop.now
            if let since = self.idleSince, now - since >= limits.idle {
                self.connection.record(
                    .limit(name: "idle", detail: "no request within \(limits.idle.seconds) s"))
                return self.sayGoodbye()
            }
            if self.hasStuck(now, limit: limits.send) {
                self.connection.record(
                    .limit(
                        name: "send",
                        detail: "the client opened no window for \(limits.send.seconds) s"))
                return self.end(.reset)
            }
            for stream in self.streams.values where !stream.isRead {
                if now - stream.began >= limits.head {
                    self.connection.record(
                        .limit(
                            name: "head", detail: "no whole request within \(limits.head.seconds) s"
                        ))
                    return self.sayGoodbye()
                }
            }
            self.look(context)
        }
    }

    /// Whether bytes have waited for the client's windows for so long.
    private func hasStuck(_ now: NIODeadline, limit: TimeAmount) -> Bool {
        guard self.inFlight == 0, self.session.hasUnsentBytes else {
            self.stuckSince = nil
            return false
        }
        let since = self.stuckSince ?? now
        self.stuckSince = since
        return now - since >= limit
    }
}

@available(*, unavailable)
extension HTTP2Handler: Sendable {}
