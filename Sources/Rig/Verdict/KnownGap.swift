public import FaultServer

/// A respect in which stock ESP-IDF is known to behave worse than a profile requires.
public struct KnownGap: Sendable, Hashable {
    public let profile: String
    /// The update methods that have it.
    public let methods: [String]
    /// What becomes of the update instead.
    public let device: Expectation.Device
    public let reason: String
    /// The step of the story in which it shows, from 1.
    public let step: Int

    public init(
        _ profile: String, _ methods: [String], _ device: Expectation.Device, _ reason: String,
        step: Int = 1
    ) {
        self.step = step
        self.profile = profile
        self.methods = methods
        self.device = device
        self.reason = reason
    }
}
