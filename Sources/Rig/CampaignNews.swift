/// What a campaign tells of as it goes on; the number is the run's in it, from 0.
public enum CampaignNews: Sendable {
    case began(Int, Run)
    case reached(Int, RunNews)
    case ended(Int, RunResult)
}

/// How far a run is.
public struct RunNews: Sendable, Hashable {
    /// Of the story, from 1.
    public let step: Int
    /// Since the run began.
    public let bytesSent: Int
    /// What the device said last.
    public let lastLine: String?
}
