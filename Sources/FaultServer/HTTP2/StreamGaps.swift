/// Which numbers of streams a client has passed over: it may not come back to them (RFC 9113 §5.1.1).
struct StreamGaps {
    enum Verdict: Equatable {
        /// The number is higher than all before.
        case new
        /// The stream was opened before.
        case known
        case skipped
    }

    /// Gaps that are remembered; a client leaves none.
    private static let bound = 100
    private var last: Int32 = -1
    private var gaps: [ClosedRange<Int32>] = []

    /// HEADERS have come for a stream of the client's, whose number is odd.
    mutating func opens(_ stream: Int32) -> Verdict {
        guard stream <= self.last else {
            if stream > self.last + 2, self.gaps.count < Self.bound {
                self.gaps.append((self.last + 2)...(stream - 2))
            }
            self.last = stream
            return .new
        }
        return self.gaps.contains { $0.contains(stream) } ? .skipped : .known
    }
}
