import FaultKit
import NIOCore
import NIOEmbedded
import Testing

@testable import FaultServer

@Suite struct StepPlayerTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
    private let bytes = ByteBuffer(string: "x")

    /// What a driver sees at a moment, as words.
    private func play(_ player: inout StepPlayer, at now: NIODeadline) -> [String] {
        var seen: [String] = []
        while true {
            switch player.next(now: now) {
            case .send(let bytes): seen.append("send \(bytes.readableBytes)")
            case .flush(let promises): seen.append("flush \(promises.count)")
            case .end(let ending): return seen + ["end \(ending)"]
            case .sleep(let until): return seen + ["sleep \((until - now).milliseconds)"]
            case .idle: return seen + ["idle"]
            }
        }
    }

    @Test func playsStepsInTheirOrder() {
        var player = StepPlayer()
        player.enqueue(
            [.send(self.bytes), .push, .send(self.bytes)], promise: nil, now: self.start)
        #expect(
            self.play(&player, at: self.start) == [
                "send 1", "flush 0", "send 1", "flush 0", "idle",
            ])
    }

    @Test func sendsWhatComesBeforeAWaitBeforeIt() {
        var player = StepPlayer()
        player.enqueue(
            [.send(self.bytes), .wait(.milliseconds(20)), .send(self.bytes)], promise: nil,
            now: self.start)
        #expect(self.play(&player, at: self.start) == ["send 1", "flush 0", "sleep 20.0"])
        #expect(self.play(&player, at: self.start + .milliseconds(19)) == ["sleep 1.0"])
        #expect(
            self.play(&player, at: self.start + .milliseconds(20)) == [
                "send 1", "flush 0", "idle",
            ])
    }

    @Test func doesNotLetLatenessAddUp() {
        var player = StepPlayer()
        let steps = [Step](repeating: .wait(.milliseconds(10)), count: 100) + [.send(self.bytes)]
        player.enqueue(steps, promise: nil, now: self.start)
        var now = self.start
        playing: while true {
            switch player.next(now: now) {
            // A timer that is always 3 ms late.
            case .sleep(let until): now = until + .milliseconds(3)
            case .send: break playing
            case .flush, .end: continue
            case .idle: Issue.record("the bytes were never sent"); break playing
            }
        }
        #expect(now - self.start == .milliseconds(1_003))
    }

    @Test func forgivesAClientThatPausedInsteadOfCatchingUpInABurst() {
        var player = StepPlayer()
        player.enqueue(
            [.wait(.milliseconds(10)), .send(self.bytes)], promise: nil, now: self.start)
        _ = self.play(&player, at: self.start + .milliseconds(10))
        let later = self.start + .seconds(5)
        player.enqueue([.wait(.milliseconds(10)), .send(self.bytes)], promise: nil, now: later)
        #expect(self.play(&player, at: later) == ["flush 0", "sleep 10.0"])
    }

    @Test func playsNothingAfterTheEnd() {
        var player = StepPlayer()
        player.enqueue([.end(.cut), .send(self.bytes)], promise: nil, now: self.start)
        #expect(self.play(&player, at: self.start) == ["end cut"])
        #expect(self.play(&player, at: self.start) == ["idle"])
    }

    /// A slice that a chunk's border cuts leaves whole, and both chunks were sent then.
    @Test func aChunksBorderIsNoneOfASegment() {
        let loop = EmbeddedEventLoop()
        let promises = (0..<3).map { _ in loop.makePromise(of: Void.self) }
        var player = StepPlayer()
        player.enqueue([.send(self.bytes)], promise: promises[0], now: self.start)
        player.enqueue(
            [.send(self.bytes), .push, .send(self.bytes)], promise: promises[1], now: self.start)
        player.enqueue(
            [.wait(.milliseconds(1)), .send(self.bytes)], promise: promises[2], now: self.start)
        #expect(
            self.play(&player, at: self.start) == [
                "send 1", "send 1", "flush 1", "send 1", "flush 1", "flush 0", "sleep 1.0",
            ])
        #expect(
            self.play(&player, at: self.start + .milliseconds(1)) == ["send 1", "flush 1", "idle"])
        for promise in promises { promise.succeed() }
    }

    @Test func whatWasSentBeforeTheEndIsFlushedBeforeIt() {
        let promise = EmbeddedEventLoop().makePromise(of: Void.self)
        var player = StepPlayer()
        player.enqueue([.send(self.bytes)], promise: promise, now: self.start)
        player.enqueue([.send(self.bytes), .end(.cut)], promise: nil, now: self.start)
        #expect(self.play(&player, at: self.start) == ["send 1", "send 1", "flush 1", "end cut"])
        promise.succeed()
    }

    @Test func handsBackThePromisesOfWhatWasSentAndNotFlushed() {
        let loop = EmbeddedEventLoop()
        var player = StepPlayer()
        for _ in 0..<2 {
            player.enqueue([.send(self.bytes)], promise: loop.makePromise(), now: self.start)
        }
        _ = (player.next(now: self.start), player.next(now: self.start))
        let promises = player.abandon()
        #expect(promises.count == 2)
        for promise in promises { promise.succeed() }
    }

    @Test func handsBackThePromisesOfWhatIsNotPlayed() {
        let loop = EmbeddedEventLoop()
        var player = StepPlayer()
        player.enqueue([.end(.cut)], promise: nil, now: self.start)
        player.enqueue([.send(self.bytes)], promise: loop.makePromise(), now: self.start)
        _ = player.next(now: self.start)
        let promises = player.abandon()
        #expect(promises.count == 1)
        for promise in promises { promise.succeed() }
    }
}
