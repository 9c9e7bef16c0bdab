import FaultKit
import NIOCore
import NIOPosix

/// One response on its way: head, then the body in pieces, through the taps if there are any.
///
/// An honest body goes out in big batches, one at a time; a tapped one in small chunks that the
/// playback sends on its schedule.
final class Exchange {
    /// Chunks of a tapped body that may be on their way.
    private static let chunksInFlight = 2
    /// Bytes of an image that its sink is to read; they count as sent.
    private static let stretch = 65_536
    /// Pieces that one exchange sends before the others of its loop have their turn.
    private static let turn = 8

    let number: Int
    private let connection: Connection
    private let resources: LoopResources
    private let loop: any EventLoop
    private unowned let owner: any ExchangeOwner
    private let response: Response
    /// Bytes of the body that is to be sent.
    private let bodyCount: Int
    private var reader: BodyReader
    private var chain: TapChain
    private var evidence: Evidence
    /// Nil where the body is sent as it is.
    private var chunks: ChunkEncoder?
    /// Nil where no fault taps or frames the body.
    private var playback: StepPlayback?
    /// What is being filled. A property, so that nobody else holds it: a buffer that is held twice is
    /// copied when it is written to.
    private var batch = ByteBuffer()
    /// What the taps have answered, until it is played.
    private var steps: [Step] = []
    private var chunkSize = ChunkSize()
    /// What was played, until it is flushed.
    private var played: Gathering
    /// Bytes of a batch; the first one is small, so that its first byte leaves soon.
    private var batchLimit = BufferPool.firstBatch
    private var sent = 0
    private var inFlight = 0
    private var isPumping = false
    private var isReading = false
    /// The whole honest body was handed on.
    private var isHandedOn = false
    private var isOver = false
    /// A write has failed: nothing more can be sent.
    private var isBroken = false

    /// - Parameter matches: the rules that strike this request.
    init(
        _ response: Response, to request: Request, number: Int, matches: [Match],
        connection: Connection, resources: LoopResources, loop: any EventLoop,
        owner: any ExchangeOwner
    ) {
        self.number = number
        self.connection = connection
        self.resources = resources
        self.loop = loop
        self.owner = owner
        self.response = response
        let isHead = request.method == "HEAD"
        let body = isHead ? Body() : response.body
        // HTTP/2 frames a body itself; of the chunks it says their trailers.
        let isChunked = !isHead && request.version < .http2
        self.chunks = isChunked ? response.chunking.map(ChunkEncoder.init) : nil
        self.bodyCount = body.count
        self.reader = BodyReader(body)
        self.chain = TapChain(matches, on: .body)
        self.played = Gathering(resources: resources, loop: loop)
        self.evidence = Evidence(on: .body, of: connection, request: number)
    }

    func begin() {
        // Each leaves by itself, as it would if the server had to think about the rest.
        for interim in self.response.interim {
            self.owner.say(interim, of: self.response.version)
            self.owner.flush()
        }
        let isPlain = self.chain.isEmpty && self.chunks == nil
        let isBig = isPlain && self.bodyCount >= BufferPool.worthwhile
        if isBig { self.batch = self.resources.pool.take() }
        self.owner.sayHead(of: self.response, into: &self.batch)
        if isPlain {
            // Head and first bytes leave as one.
            self.sent -= self.batch.readableBytes
            self.fill()
        } else {
            self.owner.send(self.takeBatch(), promise: nil)
            self.owner.flush()
            self.playback = StepPlayback(wheel: self.resources.wheel, sink: self)
            self.steps = self.chain.begin()
            if !self.steps.isEmpty { self.playSteps() }
        }
        self.pump()
    }

    /// The connection is gone, or the client has left.
    func abandon() {
        guard !self.isOver else { return }
        self.isOver = true
        self.playback?.stop()
        self.recordEnd(isComplete: false)
        self.connection.responded()
    }

    // MARK: The pump

    /// Hands on pieces while there is room for them.
    private func pump() {
        guard !self.isPumping else { return }
        self.isPumping = true
        defer { self.isPumping = false }
        let room = self.playback == nil ? 1 : Self.chunksInFlight
        var turns = 0
        while self.inFlight < room, !self.isOver, !self.isHandedOn, !self.isReading,
            !self.isBroken
        {
            guard turns < Self.turn else {
                return self.loop.assumeIsolated().execute { self.pump() }
            }
            turns += 1
            if self.playback == nil {
                self.batch = self.resources.pool.take()
                self.fill()
            } else {
                self.passChunk()
            }
        }
        guard self.playback == nil, !self.isBroken else { return }
        if self.isHandedOn, self.inFlight == 0 { self.finish() }
    }

    /// Fills a batch of an honest body and sends it.
    private func fill() {
        while self.batch.readableBytes < self.batchLimit {
            let room = self.batchLimit - self.batch.readableBytes
            switch self.reader.next(upTo: self.owner.images == nil ? room : Self.stretch) {
            case .bytes(let bytes):
                self.batch.writeImmutableBuffer(bytes)
            case .image(let image, let range):
                guard let sink = self.owner.images else {
                    return self.read(range, of: image) { self.fill() }
                }
                return self.handOn(range, of: image, to: sink)
            case .end:
                self.isHandedOn = true
                return self.sendBatch()
            }
        }
        self.sendBatch()
    }

    /// Sends the batch, and behind it bytes of an image that are not read yet.
    private func handOn(_ range: Range<Int>, of image: Image, to sink: any ImageSink) {
        if self.batch.readableBytes > 0 {
            self.writeBatch()
        } else {
            self.resources.pool.give(self.takeBatch())
        }
        self.sent += range.count
        sink.send(range, of: image, promise: self.makePromise())
        self.isHandedOn = self.reader.isAtEnd
        self.flush()
    }

    private func flush() {
        if self.isHandedOn, self.sent == self.bodyCount, self.response.sequel == .asAsked {
            self.owner.bodyEnds()
        }
        self.owner.flush()
    }

    private func takeBatch() -> ByteBuffer { exchange(&self.batch, with: ByteBuffer()) }

    private func sendBatch() {
        self.batchLimit = BufferPool.batch
        self.writeBatch()
        self.flush()
    }

    private func writeBatch() {
        let batch = self.takeBatch()
        self.sent += batch.readableBytes
        let promise = self.makePromise { self.resources.pool.give(batch) }
        self.owner.send(batch, promise: promise)
    }

    /// Hands the next chunk of a tapped body to the taps, and what they answer to the playback.
    private func passChunk() {
        switch self.reader.next(upTo: self.chunkSize.bytes) {
        case .bytes(let bytes):
            self.steps.append(.send(bytes))
            self.passChunk()
        case .image(let image, let range):
            if range.count >= BufferPool.worthwhile { self.batch = self.resources.pool.take() }
            self.read(range, of: image) {
                let bytes = self.takeBatch()
                let chunk = Chunk(offset: range.lowerBound, total: image.count, bytes: bytes)
                let steps = self.chain.pass(chunk)
                self.chunkSize.adapt(to: steps)
                self.steps += steps
                self.playSteps { self.resources.pool.give(bytes) }
            }
        case .end:
            self.isHandedOn = true
            self.steps += self.chain.finish()
            self.playSteps()
        }
    }

    private func playSteps(_ then: @escaping () -> Void = {}) {
        let steps = exchange(&self.steps, with: [])
        self.evidence.add(self.chain.takeStrikes())
        self.playback?.play(steps, promise: self.makePromise(then))
    }

    /// Counts a piece that is on its way; the pump goes on when it was sent.
    private func makePromise(_ then: @escaping () -> Void = {}) -> EventLoopPromise<Void> {
        self.inFlight += 1
        let promise = self.loop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            then()
            self.inFlight -= 1
            switch result {
            case .success: self.pump()
            case .failure(let error as ImageError): self.fail(error)
            // The connection ends, or hangs, which this object is told otherwise.
            case .failure: self.isBroken = true
            }
        }
        return promise
    }

    /// Appends bytes of an image to the batch: at once if the page cache holds them, else off the
    /// event loop.
    private func read(_ range: Range<Int>, of image: Image, then goOn: @escaping () -> Void) {
        do {
            if try self.batch.write(range, of: image, waiting: false) { return goOn() }
        } catch {
            return self.fail(error)
        }
        self.isReading = true
        self.resources.read(range, of: image, for: self.loop).whenComplete { result in
            self.isReading = false
            guard !self.isOver else { return }
            switch result {
            case .success(let bytes): self.batch.writeImmutableBuffer(bytes)
            case .failure(let error): return self.fail(error)
            }
            goOn()
            self.pump()
        }
    }

    // MARK: The end

    /// The file could not be read to its end: what was promised cannot be kept.
    private func fail(_ error: any Error) {
        self.connection.record(.failure("\(error)"), request: self.number)
        self.end(.ended(.cut))
    }

    /// The whole body was sent.
    private func finish() {
        if let last = self.chunks?.end(), last.readableBytes > 0 {
            self.owner.send(last, promise: nil)
            self.owner.flush()
        }
        switch self.response.sequel {
        case .asAsked: self.end(self.sent == self.bodyCount ? .whole : .misframed)
        case .end(let ending): self.end(.last(ending))
        }
    }

    private func end(_ outcome: ExchangeOutcome) {
        guard !self.isOver else { return }
        self.isOver = true
        self.playback?.stop()
        self.recordEnd(isComplete: self.isHandedOn && self.sent == self.bodyCount)
        self.connection.responded(isSilent: outcome.isSilent)
        self.owner.exchangeDone(outcome)
    }

    private func recordEnd(isComplete: Bool) {
        self.evidence.close()
        self.connection.record(
            .response(
                status: self.response.status,
                length: self.response.fields["Content-Length"].flatMap { Int($0) },
                sent: max(0, self.sent), complete: isComplete),
            request: self.number)
    }
}

extension Exchange: StepSink {
    func play(_ bytes: ByteBuffer) {
        self.sent += bytes.readableBytes
        self.played.add(self.chunks?.encode(bytes) ?? bytes, for: self.owner)
    }

    func playFlush(_ promise: EventLoopPromise<Void>?) {
        // Completed in its turn, behind the bytes that were sent before it.
        self.played.send(to: self.owner, promise: promise)
        self.owner.flush()
    }

    func playEnd(_ ending: Ending) {
        self.playFlush(nil)
        // The taps let the body end where it ends anyway.
        if ending == .clean, self.isHandedOn { return self.finish() }
        self.end(.ended(ending))
    }
}

@available(*, unavailable)
extension Exchange: Sendable {}
