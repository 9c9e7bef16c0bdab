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
            case .push: seen.append("push")
            case .done: seen.append("done")
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
            self.play(&player, at: self.start) == ["send 1", "push", "send 1", "done", "idle"])
    }

    @Test func sendsWhatComesBeforeAWaitBeforeIt() {
        var player = StepPlayer()
        player.enqueue(
            [.send(self.bytes), .wait(.milliseconds(20)), .send(self.bytes)], promise: nil,
            now: self.start)
        #expect(self.play(&player, at: self.start) == ["send 1", "push", "sleep 20.0"])
        #expect(self.play(&player, at: self.start + .milliseconds(19)) == ["sleep 1.0"])
        #expect(
            self.play(&player, at: self.start + .milliseconds(20)) == ["send 1", "done", "idle"])
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
            case .push, .done, .end: continue
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
        #expect(self.play(&player, at: later) == ["push", "sleep 10.0"])
    }

    @Test func playsNothingAfterTheEnd() {
        var player = StepPlayer()
        player.enqueue([.end(.cut), .send(self.bytes)], promise: nil, now: self.start)
        #expect(self.play(&player, at: self.start) == ["end cut"])
        #expect(self.play(&player, at: self.start) == ["idle"])
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
