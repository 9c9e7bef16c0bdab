public import FaultServer
public import NIOCore

/// Where runs take place: what is served and how, and on which device.
public struct Bench: Sendable {
    /// What the server is to be for a plan and for a device; its port is chosen anew for each run.
    public let server: @Sendable (Plan, DeviceSetup) throws -> Configuration
    /// A device as it comes out of the box, for a profile. It is told which CA file to trust. Nil: there is
    /// none like that.
    public let device: @Sendable (Server.Trust?, Profile) throws -> (any Device)?
    public let gaps: [KnownGap]
    /// The story by which a device that keeps its flash between runs becomes as if it were new; nil: each
    /// one is new.
    public let preparation: Profile?
    /// How long a device may take to come up, on a desk.
    public let wakeTime: TimeAmount
    /// The path of the image in the server's URL.
    public let path: String

    public init(
        server: @escaping @Sendable (Plan, DeviceSetup) throws -> Configuration,
        device: @escaping @Sendable (Server.Trust?, Profile) throws -> (any Device)?,
        gaps: [KnownGap], path: String, preparation: Profile? = nil,
        wakeTime: TimeAmount = .seconds(60)
    ) {
        self.server = server
        self.device = device
        self.gaps = gaps
        self.path = path
        self.preparation = preparation
        self.wakeTime = wakeTime
    }

    /// How long a run may take whose profile does not say it, on a desk.
    static let runTime = TimeAmount.seconds(120)
    /// The least time in which a device that is to give up has to do so.
    static let patience = TimeAmount.seconds(8)

    /// Makes the device go through the story, with a server for each step, and judges.
    /// - Parameter tell: is told some twenty times a second how far it is.
    /// - Throws: if there is no server or no device; never because of what a device does.
    public func perform(
        _ run: Run, tell: @escaping @Sendable (RunNews) -> Void = { _ in }
    ) async throws -> RunResult {
        var performance = Performance(run, on: self, tell: tell)
        return try await performance.play()
    }

    /// How long a device has, in nanoseconds.
    static func time(for step: StoryStep, pace: Int) -> Int64 {
        let whole = (step.expectation?.within ?? self.runTime).nanoseconds
        return max(whole / Int64(pace), min(whole, self.patience.nanoseconds))
    }

    /// - Parameter number: the step's, from 1.
    func judge(_ run: Run, step number: Int, _ account: Account) -> Verdict {
        let profile = run.profile
        let step = profile.steps[number - 1]
        let place = profile.steps.count > 1 ? "step \(number): " : ""
        if let trouble = account.trouble { return .void(place + trouble) }
        if account.mishap == .missed, let mishap = step.mishap {
            return .void("\(place)it did not come to this: \(mishap)")
        }
        if account.rules > 0, !account.server.strikes.keys.contains(where: { $0 >= step.offers }) {
            return .void(
                "\(place)no rule of the profile struck, so the device has met no fault")
        }
        guard let expectation = step.expectation else {
            // What is between two requirements.
            return number < profile.steps.count
                ? .passed : .void("the profile says nothing of what is expected")
        }
        let mismatches = expectation.mismatches(in: account)
        let gap = self.gaps.first {
            $0.profile == profile.name && $0.methods.contains(run.method)
        }
        if mismatches.isEmpty {
            // A gap of a step that is passed may show in a later one only if it is listed so.
            return gap.flatMap { $0.step == number ? .healed($0) : nil } ?? .passed
        }
        if let gap, gap.step == number, gap.device == account.device.outcome { return .gap(gap) }
        return .failed(mismatches.map { $0.at(place) })
    }
}

extension Bench {
    /// A new virtual board with an app in its first slot.
    /// - Parameters:
    ///   - program: the path of `virtual-board`.
    ///   - today: as `YYYY-MM-DD`.
    ///   - options: more words for it.
    public static func virtualBoard(
        program: String, factory: [UInt8], trust: Server.Trust?, profile: Profile, today: String,
        options: [String]
    ) throws -> any Device {
        // What a server is slow with takes its time, so that a device which is to bear with it must not be
        // in more of a hurry than on a desk.
        let isToBear = profile.steps.contains { $0.expectation?.device.first == .updated }
        return try VirtualBoard(
            program: program,
            options: VirtualBoard.options(for: profile.device, today: today) + options,
            factory: factory, trust: trust, as: profile.device.trust, pace: isToBear ? 1 : 5)
    }

    /// A device whose console is a command's.
    public static func command(_ command: String, dialect: Dialect) -> any Device {
        ProcessDevice(dialect: dialect, command: ["/bin/sh", "-c", command])
    }
    /// A board on a serial line.
    /// - Throws: ``ServerError`` (status 69) if the line is not to be had.
    public static func serial(_ address: SerialAddress, dialect: Dialect) throws -> any Device {
        try SerialDevice(address, dialect: dialect)
    }
}
