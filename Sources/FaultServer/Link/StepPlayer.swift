import FaultKit
import NIOCore

/// Plays steps on an absolute schedule. Pure: whoever drives it brings the time.
///
/// Each wait counts from the moment at which the one before it was due, not from when a timer fired,
/// so lateness does not add up and a rate stays exact over a transfer.
struct StepPlayer {
    /// What the driver does next.
    enum Action {
        case send(ByteBuffer)
        /// Hand everything sent so far to the layer below, as a segment of its own, and keep the promises once it
        /// was sent.
        case flush([EventLoopPromise<Void>])
        case end(Ending)
        /// Nothing before this moment.
        case sleep(until: NIODeadline)
        /// Nothing is queued.
        case idle
    }

    private enum Item {
        case step(Step)
        case done(EventLoopPromise<Void>?)
    }

    /// How long a player may have had nothing to play and still catch up on its schedule. Longer, and
    /// it was the client that did not take the bytes: its pause must not turn into a burst.
    static let forgiven = TimeAmount.milliseconds(100)

    private var queue = CircularBuffer<Item>()
    /// When the last wait was over by the schedule; nil before the first step.
    private var due: NIODeadline?
    private var isWaiting = false
    /// Promises of what was sent and is to be flushed.
    private var owed: [EventLoopPromise<Void>] = []
    private(set) var hasEnded = false

    /// Queues steps; the promise is handed back once they were played.
    mutating func enqueue(_ steps: [Step], promise: EventLoopPromise<Void>?, now: NIODeadline) {
        if let due = self.due, self.queue.isEmpty, now - due > Self.forgiven { self.due = now }
        if self.due == nil { self.due = now }
        self.queue.append(contentsOf: steps.map(Item.step))
        self.queue.append(.done(promise))
    }

    /// The next thing to do at this moment.
    mutating func next(now: NIODeadline) -> Action {
        if self.isWaiting {
            guard let due = self.due, due <= now else { return .sleep(until: self.due ?? now) }
            self.isWaiting = false
        }
        while !self.hasEnded, let item = self.queue.popFirst() {
            switch item {
            case .done(let promise):
                if let promise { self.owed.append(promise) }
                // Where a chunk ends, no segment has to: only the taps say where one does.
                if case .step(.send) = self.queue.first { continue }
                return self.flush()
            case .step(.send(let bytes)):
                return .send(bytes)
            case .step(.push):
                return self.flush()
            case .step(.wait(let time)):
                self.due = (self.due ?? now) + time
                self.isWaiting = true
                // What was sent before the wait leaves before it.
                return self.flush()
            case .step(.end(let ending)):
                guard self.owed.isEmpty else {
                    self.queue.prepend(item)
                    return self.flush()
                }
                self.hasEnded = true
                return .end(ending)
            }
        }
        return .idle
    }

    private mutating func flush() -> Action {
        defer { self.owed = [] }
        return .flush(self.owed)
    }

    /// The promises of everything that will not be played.
    mutating func abandon() -> [EventLoopPromise<Void>] {
        defer { (self.queue, self.owed) = ([], []) }
        self.hasEnded = true
        return self.owed
            + self.queue.compactMap {
                if case .done(let promise) = $0 { promise } else { nil }
            }
    }
}
