public import FaultServer
public import NIOCore

/// One step of a story, of a device and a server: it is told what happens, and says what to do next.
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
        /// The time that ``Action/wait(_:)`` asked for is over.
        case waited
        /// The time for the present phase is over.
        case timeout
    }

    /// Something to do.
    public enum Action: Sendable, Equatable {
        /// Power the device on, to suffer this.
        case powerOn(FlashMishap)
        case powerOff
        /// Type a line on the console.
        case type(String)
        /// The device is ready and the step begins: from here on counts the time of the requirement.
        case begin
        case wait(TimeAmount)
        case finish
    }

    public private(set) var account: Account
    private let step: StoryStep
    private let dialect: Dialect
    private let commands: [String]
    private var isOn: Bool
    private var phase = Phase.waking

    private enum Phase {
        /// The device boots, and does not take a URL yet.
        case waking
        case underway
        case finished
    }

    /// - Parameters:
    ///   - account: what is known of the device from the steps before.
    ///   - isOn: whether it has power.
    ///   - url: of the image, as the device is to ask for it.
    public init(
        _ step: StoryStep, account: Account, isOn: Bool, dialect: Dialect, method: String,
        url: String
    ) {
        self.step = step
        self.account = account
        self.isOn = isOn
        self.dialect = dialect
        self.commands = step.isOffered ? dialect.commands(method: method, url: url) : []
        if step.mishap != nil { self.account.mishap = .missed }
    }

    /// What is to be done first.
    public mutating func start() -> [Action] {
        if self.isOn, !self.step.beginsWithoutPower { return self.begin() }
        var flash = self.step.mishap?.flash ?? FlashMishap()
        if flash.cut != nil {
            // What the flash suffers without power comes behind the cut.
            flash.damage = []
        } else if !flash.damage.isEmpty {
            self.account.mishap = .struck
        }
        return (self.isOn ? [.powerOff] : []) + self.powerOn(flash)
    }

    public mutating func note(_ input: Input) -> [Action] {
        switch (input, self.phase) {
        case (.event(let event), _):
            // What comes after the device has settled is of the same update.
            self.account.server.note(event)
            return self.phase == .finished ? [] : self.note(event)
        case (_, .finished):
            return []
        case (.line(let line), _):
            return self.note(line)
        case (.ended(let end), _):
            return self.note(end)
        case (.waited, _):
            return self.reset()
        case (.timeout, .waking) where self.step.isOffered:
            return self.fail("the device did not come so far as to take a URL")
        case (.timeout, _):
            self.account.isTimedOut = true
            return self.finish()
        }
    }

    private mutating func note(_ line: String) -> [Action] {
        if case .reset(let trigger)? = self.step.mishap, case .line(let text) = trigger.anchor,
            self.phase == .underway, line.contains(text)
        {
            return self.meet(trigger)
        }
        // As the virtual board's log has it.
        if self.step.mishap?.flash?.failure != nil, line.contains("fails, as it is to") {
            self.account.mishap = .struck
        }
        guard let observation = self.dialect.read(line) else { return [] }
        self.account.device.note(observation)
        switch self.phase {
        case .waking where observation == .ready: return self.begin()
        case .underway where self.account.device.isSettled: return self.finish()
        default: return []
        }
    }

    private mutating func note(_ event: Event) -> [Action] {
        guard case .reset(let trigger)? = self.step.mishap,
            case .strike(let number) = trigger.anchor,
            case .fault(let strike) = event.kind,
            strike.rule == self.step.offers + number - 1
        else { return [] }
        return self.meet(trigger)
    }

    /// The device takes a URL.
    private mutating func begin() -> [Action] {
        self.phase = .underway
        var actions = [Action.begin]
        if self.step.isOffered {
            self.account.device.begin()
            actions += self.commands.map { .type($0) }
        }
        if case .reset(let trigger)? = self.step.mishap, trigger.anchor == .start {
            return actions + self.meet(trigger)
        }
        return self.step.isOffered ? actions : actions + self.finish()
    }

    /// What a mishap waits for has come; it comes once.
    private mutating func meet(_ trigger: Mishap.Trigger) -> [Action] {
        guard self.account.mishap == .missed else { return [] }
        return trigger.delay > .zero ? [.wait(trigger.delay)] : self.reset()
    }

    private mutating func reset() -> [Action] {
        guard self.account.mishap == .missed else { return [] }
        self.account.mishap = .struck
        return [.powerOff] + self.powerOn(FlashMishap())
    }

    private mutating func powerOn(_ flash: FlashMishap) -> [Action] {
        self.isOn = true
        return [.powerOn(flash)]
    }

    private mutating func note(_ end: DeviceEnd) -> [Action] {
        self.isOn = false
        switch end {
        case .powerCut:
            guard var flash = self.step.mishap?.flash, flash.cut != nil,
                self.account.mishap == .missed
            else { return self.fail("the power was cut, and nobody wanted it to be") }
            self.account.mishap = .struck
            flash.cut = nil
            flash.failure = nil
            return self.powerOn(flash)
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
