/// Holds a device back that babbles: what it says is heard no faster than it can be judged, so that it
/// costs neither memory nor anyone's deadline. A boot log passes at once.
struct Pacing {
    /// What is heard in a second at most: 5,000 lines, 250 kB.
    private static let line = Duration.microseconds(200)
    private static let byte = Duration.microseconds(4)
    /// How much may come at once, in time: 1,000 lines.
    private static let burst = Duration.milliseconds(200)

    /// When all that came would have been due.
    private var due: Duration = .zero

    /// - Parameter now: of any clock.
    /// - Returns: how long to wait before hearing more.
    mutating func delay(lines: Int, bytes: Int, now: Duration) -> Duration {
        self.due = max(self.due, now) + max(Self.line * lines, Self.byte * bytes)
        return max(.zero, self.due - now - Self.burst)
    }
}
