import FaultKit
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import FaultServer

/// Pieces that leave together.
@Suite struct GatheringTests {
    /// Takes what is sent, and keeps its promise when it is told to.
    private final class Owner: ExchangeOwner {
        private(set) var sent: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []
        var images: (any ImageSink)? { nil }

        func send(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
            self.sent.append((bytes, promise))
        }

        /// What was sent since the last call; its promises are kept.
        func take() -> [String] {
            let taken = self.sent
            self.sent = []
            for one in taken { one.promise?.succeed() }
            return taken.map { String(buffer: $0.bytes) }
        }

        func say(_ interim: Interim, of version: FaultKit.HTTPVersion) {}
        func sayHead(of response: Response, into batch: inout ByteBuffer) {}
        func bodyEnds() {}
        func flush() {}
        func exchangeDone(_ outcome: ExchangeOutcome) {}
    }

    private let loop = EmbeddedEventLoop()
    private let resources: LoopResources
    private let owner = Owner()

    init() {
        let disk = NIOThreadPool(numberOfThreads: 1)
        self.resources = LoopResources(loop: self.loop, disk: disk, clock: { 0 })
    }

    private func gathering() -> Gathering { Gathering(resources: self.resources, loop: self.loop) }

    private func address(_ buffer: ByteBuffer) -> UnsafeRawPointer? {
        buffer.withUnsafeReadableBytes { $0.baseAddress }
    }

    @Test func onePieceLeavesAsItIs() {
        var gathering = self.gathering()
        let piece = ByteBuffer(string: "a piece that is in memory already")
        gathering.add(piece, for: self.owner)
        #expect(self.owner.sent.isEmpty)
        gathering.send(to: self.owner, promise: nil)
        #expect(self.owner.sent.map { self.address($0.bytes) } == [self.address(piece)])
    }

    @Test func severalPiecesLeaveAsOneInTheirOrder() {
        var gathering = self.gathering()
        for piece in ["one ", "two ", "three"] {
            gathering.add(ByteBuffer(string: piece), for: self.owner)
        }
        gathering.send(to: self.owner, promise: nil)
        #expect(self.owner.take() == ["one two three"])
        gathering.send(to: self.owner, promise: nil)
        #expect(self.owner.take().isEmpty)
    }

    @Test func aPieceForWhichThereIsNoRoomWaitsForThoseBefore() {
        var gathering = self.gathering()
        let part = String(repeating: "x", count: BufferPool.batch / 4)
        for piece in [part, part, part, part, "2"] {
            gathering.add(ByteBuffer(string: piece), for: self.owner)
        }
        #expect(self.owner.take() == [part + part + part + part])
        gathering.send(to: self.owner, promise: nil)
        #expect(self.owner.take() == ["2"])
    }

    @Test func aBigPieceIsNotCopied() {
        var gathering = self.gathering()
        let big = ByteBuffer(repeating: 7, count: BufferPool.worthwhile)
        for piece in [ByteBuffer(string: "1"), big, ByteBuffer(string: "2")] {
            gathering.add(piece, for: self.owner)
        }
        gathering.send(to: self.owner, promise: nil)
        #expect(self.owner.sent.map { $0.bytes.readableBytes } == [1, BufferPool.worthwhile, 1])
        #expect(self.address(self.owner.sent[1].bytes) == self.address(big))
    }

    /// Even if there is nothing to send: what was sent before may still be on its way.
    @Test(arguments: [0, 1, 2])
    func thePromiseGoesWithTheLastBytes(pieces: Int) throws {
        var gathering = self.gathering()
        for _ in 0..<pieces { gathering.add(ByteBuffer(string: "x"), for: self.owner) }
        let promise = self.loop.makePromise(of: Void.self)
        var isKept = false
        promise.futureResult.assumeIsolated().whenSuccess { isKept = true }
        gathering.send(to: self.owner, promise: promise)
        #expect(!isKept)
        #expect(self.owner.take() == [String(repeating: "x", count: pieces)])
        #expect(isKept)
    }

    /// A buffer of the pool comes back once it was sent, and not before.
    @Test func theBufferIsUsedAgain() {
        var gathering = self.gathering()
        func sendTwo() -> UnsafeRawPointer? {
            for piece in ["a", "b"] { gathering.add(ByteBuffer(string: piece), for: self.owner) }
            gathering.send(to: self.owner, promise: nil)
            return self.address(self.owner.sent.last?.bytes ?? ByteBuffer())
        }
        let first = sendTwo()
        let second = sendTwo()
        #expect(first != second)
        #expect(self.owner.take() == ["ab", "ab"])
        #expect([first, second].contains(sendTwo()))
        _ = self.owner.take()
    }
}
