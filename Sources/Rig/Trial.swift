public import FaultServer

/// One update of a device from a server: it is told what happens, and says what to do next.
///
/// It has no clock and does no I/O.
public struct Trial {
    /// Something that happened.
    public enum Input: Sendable {
        /// The device said a line.
        case line(String)
        /// The device is gone.
        case ended(DeviceEnd)
        /// The server's journal has an event.
        case event(Event)
        /// The time for the present phase is over.
        case timeout
    }

    /// Something to do.
    public enum Action: Sendable, Equatable {
        /// Type a line on the console.
        case type(String)
        /// The device is ready and the update begins: from here on counts the time of the requirement.
        case begin
        case finish
    }

    public private(set) var account: Account
    private let dialect: Dialect
    private let commands: [String]
    private var phase = Phase.waking
    /// How many more times the device is asked to update.
    private var offersLeft: Int

    private enum Phase {
        /// The device boots, and does not take a URL yet.
        case waking
        case updating
        case finished
    }

    /// - Parameters:
    ///   - url: of the image, as the device is to ask for it.
    ///   - offers: how often it is to do so.
    public init(account: Account, dialect: Dialect, method: String, url: String, offers: Int = 1) {
        self.offersLeft = offers
        self.account = account
        self.dialect = dialect
        self.commands = dialect.commands(method: method, url: url)
    }

    public mutating func note(_ input: Input) -> [Action] {
        switch (input, self.phase) {
        case (.event(let event), _):
            // What comes after the device has settled is of the same update.
            self.account.server.note(event)
            return []
        case (_, .finished):
            return []
        case (.line(let line), _):
            return self.note(line)
        case (.ended(let end), _):
            return self.note(end)
        case (.timeout, .waking):
            return self.fail("the device did not come so far as to take a URL")
        case (.timeout, .updating):
            self.account.isTimedOut = true
            return self.finish()
        }
    }

    private mutating func note(_ line: String) -> [Action] {
        guard let observation = self.dialect.read(line) else { return [] }
        self.account.device.note(observation)
        switch self.phase {
        case .waking where observation == .ready:
            self.phase = .updating
            return [.begin] + self.offer()
        case .updating where self.account.device.isSettled:
            return self.offersLeft > 0 && !self.account.device.nothingBoots
                ? self.offer() : self.finish()
        default:
            return []
        }
    }

    private mutating func offer() -> [Action] {
        self.offersLeft -= 1
        self.account.device.begin()
        return self.commands.map { .type($0) }
    }

    private mutating func note(_ end: DeviceEnd) -> [Action] {
        switch end {
        case .powerCut: return self.fail("the power was cut, and nobody wanted it to be")
        case .nothingBoots: self.account.device.note(.nothingBoots)
        case .bootLoop: self.account.isTimedOut = true
        case .gone(let how): return self.fail("the device is gone: \(how)")
        }
        return self.finish()
    }

    private mutating func fail(_ trouble: String) -> [Action] {
        self.account.trouble = trouble
        return self.finish()
    }

    private mutating func finish() -> [Action] {
        self.phase = .finished
        return [.finish]
    }
}
