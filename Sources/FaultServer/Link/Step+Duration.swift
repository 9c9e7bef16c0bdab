import FaultKit
import NIOCore

extension [Step] {
    /// How long their waits take together.
    var duration: TimeAmount {
        self.reduce(.zero) { time, step in
            if case .wait(let wait) = step { time + wait } else { time }
        }
    }
}
