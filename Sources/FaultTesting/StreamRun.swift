import FaultKit
import NIOCore

/// What came of a stream that went through a fault.
struct StreamRun {
    private(set) var steps: [Step] = []
    private(set) var strikes: [Strike] = []
    private(set) var bytes: [UInt8] = []
    private(set) var waited = TimeAmount.zero
    private(set) var ending: Ending?
    /// The most bytes that the fault was handed and had not sent, at the end of a chunk.
    private(set) var mostUnsent = 0
    /// The most bytes that the fault would have sent had the stream ended after a chunk; 0 if not probed.
    private(set) var mostKept = 0

    /// - Parameter isProbed: whether the fault is asked after each chunk what it keeps.
    init<F: StreamFault>(
        _ fault: F, _ stream: SampleStream, _ cutting: SampleStream.Cutting, seed: UInt64,
        isProbed: Bool = false
    ) {
        var (fault, outlet, dice) = (fault, Outlet(), Dice(seed: seed))
        var handed = 0
        outlet.begin(&fault, &dice)
        self.take(&outlet)
        for chunk in stream.chunks(cutting) where !outlet.hasEnded {
            outlet.run(&fault, chunk, &dice)
            handed += chunk.count
            self.take(&outlet)
            if outlet.hasEnded { break }
            self.mostUnsent = max(self.mostUnsent, handed - self.bytes.count)
            guard isProbed else { continue }
            var (probe, probeOutlet, probeDice) = (fault, outlet, dice)
            probeOutlet.finish(&probe, &probeDice)
            self.mostKept = max(self.mostKept, Self.sent(probeOutlet.takeSteps()))
        }
        outlet.finish(&fault, &dice)
        self.take(&outlet)
    }

    private mutating func take(_ outlet: inout Outlet) {
        for step in outlet.takeSteps() {
            self.steps.append(step)
            switch step {
            case .send(let bytes): self.bytes += bytes.readableBytesView
            case .push: break
            case .wait(let time): self.waited = self.waited + time
            case .end(let ending): self.ending = ending
            }
        }
        self.strikes += outlet.takeStrikes()
    }

    private static func sent(_ steps: [Step]) -> Int {
        steps.reduce(0) { sum, step in
            if case .send(let bytes) = step { sum + bytes.readableBytes } else { sum }
        }
    }

    /// The strikes as they are however the stream was cut: neighbours joined, and no waits, of which only
    /// the sum is promised.
    var joinedStrikes: [Strike] {
        self.strikes.reduce(into: []) { joined, strike in
            if case .waited = strike.kind { return }
            guard let last = joined.last, last.kind == strike.kind, strike.count > 0 else {
                return joined.append(strike)
            }
            let isNext =
                strike.kind == .inserted
                ? last.offset == strike.offset : last.offset + last.count == strike.offset
            guard isNext else { return joined.append(strike) }
            joined[joined.count - 1] = Strike(
                kind: last.kind, offset: last.offset, count: last.count + strike.count)
        }
    }
}
