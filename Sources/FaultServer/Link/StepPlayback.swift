import FaultKit
import NIOCore

/// Where played steps go.
protocol StepSink: AnyObject {
    func play(_ bytes: ByteBuffer)
    /// Completes the promise once everything played so far was sent, and sends it.
    func playFlush(_ promise: EventLoopPromise<Void>?)
    func playEnd(_ ending: Ending)
}

/// Drives a ``StepPlayer`` with the loop's clock, never too early. Used by the body's pump and by the tap handlers.
final class StepPlayback {
    private static let tick = TimeAmount.milliseconds(1)

    private var player = StepPlayer()
    private let wheel: TimerWheel
    private unowned let sink: any StepSink
    private var timer: Timer?
    private var isPlaying = false

    init(wheel: TimerWheel, sink: any StepSink) {
        self.wheel = wheel
        self.sink = sink
    }

    var hasEnded: Bool { self.player.hasEnded }

    /// Plays steps after those queued before. The promise fails if the stream ends first.
    func play(_ steps: [Step], promise: EventLoopPromise<Void>?) {
        guard !self.player.hasEnded else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        self.player.enqueue(steps, promise: promise, now: self.wheel.now)
        self.advance()
    }

    /// Forgets everything that was not played.
    func stop() {
        self.timer?.cancel()
        self.timer = nil
        for promise in self.player.abandon() { promise.fail(ChannelError.ioOnClosedChannel) }
    }

    private func advance() {
        // A sink may complete a promise at once, whose owner then queues more.
        guard !self.isPlaying else { return }
        self.isPlaying = true
        defer { self.isPlaying = false }
        while true {
            switch self.player.next(now: self.wheel.now) {
            case .send(let bytes):
                self.sink.play(bytes)
            case .flush(let promises):
                for other in promises.dropFirst() { promises[0].futureResult.cascade(to: other) }
                self.sink.playFlush(promises.first)
            case .end(let ending):
                let unplayed = self.player.abandon()
                self.sink.playEnd(ending)
                for promise in unplayed { promise.fail(ChannelError.ioOnClosedChannel) }
                return
            case .sleep(let moment):
                return self.sleep(until: moment)
            case .idle:
                return
            }
        }
    }

    private func sleep(until moment: NIODeadline) {
        self.timer?.cancel()
        self.timer = self.wheel.set(at: moment, tick: Self.tick) {
            self.timer = nil
            self.advance()
        }
    }
}

@available(*, unavailable)
extension StepPlayback: Sendable {}
