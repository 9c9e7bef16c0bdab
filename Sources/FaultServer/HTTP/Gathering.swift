import NIOCore

/// Bytes that leave together: one piece as it is, several small ones in a big buffer of the pool, so that TLS gets them
/// as one.
struct Gathering {
    private let resources: LoopResources
    private let loop: any EventLoop
    private var bytes = ByteBuffer()
    private var isPooled = false

    init(resources: LoopResources, loop: any EventLoop) {
        self.resources = resources
        self.loop = loop
    }

    /// Adds a piece; what was there before leaves by itself if there is no room behind it, or one of them is so big that
    /// a copy costs more than a record that is not full.
    mutating func add(_ piece: ByteBuffer, for owner: any ExchangeOwner) {
        let (before, more) = (self.bytes.readableBytes, piece.readableBytes)
        let copied = self.isPooled ? more : max(before, more)
        if before + more > BufferPool.batch || copied >= BufferPool.worthwhile {
            self.send(to: owner, promise: nil)
        }
        guard self.bytes.readableBytes > 0 else { return self.bytes = piece }
        if !self.isPooled {
            var big = self.resources.pool.take()
            big.writeImmutableBuffer(self.bytes)
            self.bytes = big
            self.isPooled = true
        }
        self.bytes.writeImmutableBuffer(piece)
    }

    /// - Parameter promise: kept once all that was added was sent.
    mutating func send(to owner: any ExchangeOwner, promise: EventLoopPromise<Void>?) {
        guard self.bytes.readableBytes > 0 || promise != nil else { return }
        let bytes = exchange(&self.bytes, with: ByteBuffer())
        var promise = promise
        if self.isPooled {
            self.isPooled = false
            let sent = promise ?? self.loop.makePromise(of: Void.self)
            sent.futureResult.assumeIsolated().whenComplete { [resources, bytes] _ in
                resources.pool.give(bytes)
            }
            promise = sent
        }
        owner.send(bytes, promise: promise)
    }
}

@available(*, unavailable)
extension Gathering: Sendable {}
