public import FaultServer
import NIOCore

/// What one trial is of.
public struct Run: Sendable {
    public let profile: Profile
    /// `native`, `simple`, `advanced`, `guarded`, or a name of the user's own.
    public let method: String
    public let seed: UInt64

    public init(profile: Profile, method: String, seed: UInt64? = nil) {
        self.profile = profile
        self.method = method
        self.seed = seed ?? profile.seed
    }
}

/// What became of a run.
public struct RunResult: Sendable {
    public let run: Run
    public let verdict: Verdict
    /// Of the last step that took place.
    public let account: Account
    /// How many steps took place: a story ends where a requirement is not met.
    public let steps: Int
    public let transcript: Transcript
    public let traffic: Traffic
    /// Milliseconds from the device's first line on.
    public let duration: Double
}

/// What both sides have said, in the order in which it was heard.
public struct Transcript: Sendable {
    /// Lines that are kept: the first and the last half of so many.
    static let limit = 4_000

    public struct Line: Sendable, Hashable {
        public enum Side: String, Sendable { case device, server, rig }
        public let milliseconds: Double
        public let side: Side
        public let text: String
    }

    public private(set) var lines: [Line] = []
    /// How many were left out in the middle.
    public private(set) var omitted = 0

    public init() {}

    mutating func add(_ text: String, by side: Line.Side, at milliseconds: Double) {
        self.lines.append(Line(milliseconds: milliseconds, side: side, text: text))
        guard self.lines.count > Self.limit else { return }
        // Seldom, so that a chatty device costs no quadratic time.
        let surplus = Self.limit / 4
        self.lines.removeSubrange(Self.limit / 2..<Self.limit / 2 + surplus)
        self.omitted += surplus
    }
}
