public import FaultServer
import NIOCore

/// Where runs take place: what is served and how, and on which device.
public struct Bench: Sendable {
    /// What the server is to be for a plan and for a device; its port is chosen anew for each run.
    public let server: @Sendable (Plan, DeviceSetup) throws -> Configuration
    /// A device as it comes out of the box, for a profile. It is told which CA file to trust. Nil: there is
    /// none like that.
    public let device: @Sendable (_ ca: String, Profile) throws -> (any Device)?
    public let gaps: [KnownGap]
    /// The path of the image in the server's URL.
    public let path: String

    public init(
        server: @escaping @Sendable (Plan, DeviceSetup) throws -> Configuration,
        device: @escaping @Sendable (_ ca: String, Profile) throws -> (any Device)?,
        gaps: [KnownGap], path: String
    ) {
        self.server = server
        self.device = device
        self.gaps = gaps
        self.path = path
    }

    /// How long a device may take to come up, on a desk.
    static let wakeTime = TimeAmount.seconds(60)
    /// How long a run may take whose profile does not say it, on a desk.
    static let runTime = TimeAmount.seconds(120)
    /// The least time in which a device that is to give up has to do so.
    static let patience = TimeAmount.seconds(8)

    /// Starts the server, makes the device update from it, and judges.
    /// - Throws: if there is no server or no device; never because of what a device does.
    public func perform(_ run: Run) async throws -> RunResult {
        let plan = Plan(profiles: [run.profile], seed: run.seed)
        let (inputs, input) = AsyncStream.makeStream(of: Trial.Input.self)
        var configuration = try self.server(plan, run.profile.device)
        configuration.sinks.append(EventRelay { input.yield(.event($0)) })
        let server: Server
        do {
            server = try Server(configuration)
        } catch let error as ServerError where error.status == .data {
            return RunResult(
                run: run, verdict: .void(error.description),
                account: Account(rules: plan.rules.count),
                transcript: Transcript(), duration: 0)
        }
        let address = try await server.start()
        let result = await Result.of {
            try await self.drive(
                run, plan: plan, at: address, trusting: server.trust?.anchorPath ?? "", inputs,
                input)
        }
        server.stop(reason: "the run is over")
        try await server.wait()
        input.finish()
        var (trial, transcript, duration) = try result.get()
        // What the server has still written down; that the device was switched off is no news.
        for await rest in inputs {
            _ = trial.note(rest)
            if case .event = rest { transcript.add(rest, at: duration) }
        }
        return RunResult(
            run: run, verdict: self.judge(run, trial.account), account: trial.account,
            transcript: transcript, duration: duration)
    }

    private func drive(
        _ run: Run, plan: Plan, at address: Server.Address, trusting ca: String,
        _ inputs: AsyncStream<Trial.Input>, _ input: AsyncStream<Trial.Input>.Continuation
    ) async throws -> (Trial, Transcript, Double) {
        guard let device = try self.device(ca, run.profile) else {
            var account = Account(rules: plan.rules.count)
            account.trouble = "it takes \(run.profile.device)"
            let trial = Trial(
                account: account, dialect: .faultserve, method: run.method, url: address.url)
            return (trial, Transcript(), 0)
        }
        let (lines, typing) = AsyncStream.makeStream(of: String.self)
        var trial = Trial(
            account: Account(rules: plan.rules.count),
            dialect: device.dialect, method: run.method, url: address.url + self.path,
            offers: run.profile.device.offers)
        var transcript = Transcript()
        let clock = ContinuousClock()
        let began = clock.now
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    let end = try await device.live(typing: lines) { input.yield(.line($0)) }
                    input.yield(.ended(end))
                } catch {
                    input.yield(.ended(.gone("\(error)")))
                }
            }
            func wait(_ nanoseconds: Int64) {
                group.addTask {
                    try? await Task.sleep(for: .nanoseconds(nanoseconds))
                    if !Task.isCancelled { input.yield(.timeout) }
                }
            }
            wait(Self.wakeTime.nanoseconds)
            defer { group.cancelAll() }
            for await heard in inputs {
                transcript.add(heard, at: (clock.now - began).milliseconds)
                for action in trial.note(heard) {
                    switch action {
                    case .type(let line):
                        typing.yield(line)
                        transcript.add("> " + line, by: .rig, at: (clock.now - began).milliseconds)
                    case .begin: wait(Self.time(for: run, pace: device.pace))
                    case .finish: return
                    }
                }
            }
        }
        return (trial, transcript, (clock.now - began).milliseconds)
    }

    /// How long a device has.
    private static func time(for run: Run, pace: Int) -> Int64 {
        let whole = (run.profile.expectation?.within ?? self.runTime).nanoseconds
        return max(whole / Int64(pace), min(whole, self.patience.nanoseconds))
    }

    private func judge(_ run: Run, _ account: Account) -> Verdict {
        if let trouble = account.trouble { return .void(trouble) }
        if account.rules > 0, account.server.strikes.isEmpty {
            return .void("no rule of the profile struck, so the device has met no fault")
        }
        guard let expectation = run.profile.expectation else {
            return .void("the profile says nothing of what is expected")
        }
        let mismatches = expectation.mismatches(in: account, on: run.profile.device)
        let gap = self.gaps.first {
            $0.profile == run.profile.name && $0.methods.contains(run.method)
        }
        if mismatches.isEmpty { return gap.map { .healed($0) } ?? .passed }
        if let gap, gap.device == account.device.outcome { return .gap(gap) }
        return .failed(mismatches)
    }
}

extension Bench {
    /// A new virtual board with an app in its first slot.
    /// - Parameters:
    ///   - program: the path of `virtual-board`.
    ///   - today: as `YYYY-MM-DD`.
    ///   - options: more words for it.
    public static func virtualBoard(
        program: String, factory: [UInt8], ca: String, profile: Profile, today: String,
        options: [String]
    ) throws -> any Device {
        // What a server is slow with takes its time, so that a device which is to bear with it must not be
        // in more of a hurry than on a desk.
        let isToBear = profile.expectation?.device.first == .updated
        return try VirtualBoard(
            program: program,
            options: VirtualBoard.options(for: profile.device, today: today) + options,
            factory: factory, ca: ca, pace: isToBear ? 1 : 5)
    }

    /// A device whose console is a command's.
    public static func command(_ command: String, dialect: Dialect) -> any Device {
        ProcessDevice(dialect: dialect, command: ["/bin/sh", "-c", command])
    }
}

/// Hands events on as they are written down.
private struct EventRelay: JournalSink {
    let take: @Sendable (Event) -> Void

    init(_ take: @escaping @Sendable (Event) -> Void) { self.take = take }

    func write(_ event: Event) { self.take(event) }
    func close() {}
}

extension Transcript {
    fileprivate mutating func add(_ input: Trial.Input, at milliseconds: Double) {
        switch input {
        case .line(let line): self.add(line, by: .device, at: milliseconds)
        case .event(let event):
            if let line = event.line { self.add(line.text, by: .server, at: milliseconds) }
        case .ended(let end): self.add("the device ended: \(end)", by: .rig, at: milliseconds)
        case .timeout: self.add("time is up", by: .rig, at: milliseconds)
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Double {
        let (seconds, attoseconds) = self.components
        return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
    }
}

extension Result where Failure == any Error {
    /// What a throwing piece of work came to.
    fileprivate static func of(_ work: () async throws -> Success) async -> Self {
        do { return .success(try await work()) } catch { return .failure(error) }
    }
}
