import FaultKit
import NIOCore

/// How much of a tapped body is read at once: more and more while the taps take no time for it, so that a fault that
/// waits for its moment costs little, and little where they take long, as what waits for its time lies in memory.
struct ChunkSize {
    private static let bounds = 2048...7 * 16_384

    private(set) var bytes = bounds.lowerBound

    /// - Parameter steps: what the taps have answered to a chunk of this size.
    mutating func adapt(to steps: [Step]) {
        let duration: TimeAmount = steps.reduce(.zero) { time, step in
            if case .wait(let wait) = step { time + wait } else { time }
        }
        if duration < .milliseconds(100) {
            self.bytes = min(2 * self.bytes, Self.bounds.upperBound)
        } else if duration > .seconds(1) {
            self.bytes = max(self.bytes / 2, Self.bounds.lowerBound)
        }
    }
}
