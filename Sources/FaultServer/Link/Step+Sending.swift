import FaultKit
import NIOCore

extension [Step] {
    /// Nil if they do anything else.
    var bytesToSend: Int? {
        var count = 0
        for step in self {
            guard case .send(let bytes) = step else { return nil }
            count += bytes.readableBytes
        }
        return count
    }
}
