import FaultServer
import NIOCore

/// One run as it takes place: a device, and a server for each step of the story.
struct Performance {
    private let run: Run
    private let bench: Bench
    private let tell: @Sendable (RunNews) -> Void
    private let input: AsyncStream<Heard>.Continuation
    private var inputs: AsyncStream<Heard>.Iterator
    /// Heard behind the end of a step: it belongs to the next one.
    private var backlog: [Heard] = []
    private var power: PowerSwitch?
    private var limit = Alarm()
    private var delay = Alarm()
    /// Every server of the run has the port that the first one found; 0: none was started yet.
    private var port = 0
    private let clock = ContinuousClock()
    private let began: ContinuousClock.Instant
    private(set) var transcript = Transcript()
    private var traffic = Traffic()
    /// What the device said last.
    private var lastLine: String?
    /// What the servers of the steps before have sent.
    private var sentBefore = 0

    /// What was heard, from whom.
    private struct Heard: Sendable {
        enum Source: Sendable, Hashable {
            case life(Int)
            /// The time for a phase is over, by the alarm that was set as the n-th.
            case limit(Int)
            /// A time that the trial asked for is over.
            case delay(Int)
            case server
            /// It is time to look how much was sent.
            case sampler
            /// The server has said all.
            case silence
        }
        let source: Source
        let input: Trial.Input
    }

    init(_ run: Run, on bench: Bench, tell: @escaping @Sendable (RunNews) -> Void) {
        self.run = run
        self.bench = bench
        self.tell = tell
        let (inputs, input) = AsyncStream.makeStream(of: Heard.self)
        self.inputs = inputs.makeAsyncIterator()
        self.input = input
        self.began = self.clock.now
    }

    /// Milliseconds since the run began.
    private var now: Double { (self.clock.now - self.began).milliseconds }

    /// Plays the story to its end, or to the first step whose requirement is not met.
    mutating func play() async throws -> RunResult {
        let result = await Result.of { try await self.steps() }
        self.limit.cancel()
        self.delay.cancel()
        await self.power?.turnOff()
        let (verdict, account, steps) = try result.get()
        return RunResult(
            run: self.run, verdict: verdict, account: account, steps: steps,
            transcript: self.transcript, traffic: self.traffic, duration: self.now)
    }

    private mutating func steps() async throws -> (Verdict, Account, Int) {
        let steps = self.run.profile.steps
        var account = try await self.prepare()
        if account.trouble != nil {
            return (self.bench.judge(self.run, step: 1, account), account, 0)
        }
        for (index, step) in steps.enumerated() {
            if steps.count > 1 {
                let story = step.story.map { ": \($0)" } ?? ""
                self.transcript.add("step \(index + 1)\(story)", by: .rig, at: self.now)
            }
            do {
                account = try await self.perform(
                    step, number: index + 1, of: self.run.profile, after: account)
            } catch let error as ServerError where error.status == .data {
                // The profile does not fit the image.
                account.trouble = error.description
            }
            let verdict = self.bench.judge(self.run, step: index + 1, account)
            guard verdict == .passed, index + 1 < steps.count else {
                return (verdict, account, index + 1)
            }
        }
        preconditionFailure("a profile has one step at least")
    }

    /// Makes a device that is not new as a profile takes it to be: of version 1.0.0, with no memory of
    /// what went wrong before.
    private mutating func prepare() async throws -> Account {
        var account = Account(rules: 0)
        guard let profile = self.bench.preparation, self.run.profile.device.isPlain else {
            return account
        }
        for (index, step) in profile.steps.enumerated() {
            if index == 1, account.slots?.isLastNext != true { continue }
            self.transcript.add(step.story ?? profile.story, by: .rig, at: self.now)
            account = try await self.perform(step, number: index + 1, of: profile, after: account)
            if account.trouble != nil { return account }
            account.slots = account.device.running.map {
                SlotRing(start: $0.slot, count: account.device.slotCount)
            }
            // After the first step no entry of otadata reminds it of what it is to forget.
            if index == 0, let line = self.power?.device.dialect.forgetting {
                self.power?.type(line)
            }
        }
        if account.device.outcome != .updated {
            account.trouble =
                "it could not be made as new: it took no honest update to 1.0.0 "
                + "(\(account.device.outcome.rawValue))"
        }
        return account
    }

    /// - Parameter number: the step's in the profile, from 1.
    private mutating func perform(
        _ step: StoryStep, number: Int, of profile: Profile, after last: Account
    ) async throws -> Account {
        let plan = Plan(profiles: [profile], step: number, seed: self.run.seed)
        var configuration = try self.bench.server(plan, self.run.profile.device)
        configuration.sinks.append(
            EventRelay { [input] in input.yield(Heard(source: .server, input: .event($0))) })
        let (server, address) = try await self.start(configuration)
        let result = await Result.of {
            try await self.drive(
                step, number: number, plan: plan, server: server, at: address, after: last)
        }
        server.stop(reason: "the step is over")
        try await server.wait()
        self.sentBefore += server.bytesSent
        self.traffic.add(self.sentBefore, at: self.now)
        var trial = try result.get()
        // What the server has still written down; that the device was switched off is no news.
        self.input.yield(Heard(source: .silence, input: .timeout))
        while let heard = await self.inputs.next(), heard.source != .silence {
            if heard.source == .sampler { continue }
            guard case .server = heard.source else {
                self.backlog.append(heard)
                continue
            }
            _ = trial.note(heard.input)
            self.transcript.add(heard.input, at: self.now)
        }
        return trial.account
    }

    /// Starts the server of a step. Of several steps it has a port that nobody is given who asks for any, as
    /// between two steps no one listens there; if somebody has taken it all the same, another one.
    private mutating func start(
        _ configuration: Configuration
    ) async throws -> (Server, Server.Address) {
        var configuration = configuration
        let hasSteps = self.run.profile.steps.count > 1
        configuration.port = self.port
        for triesLeft in (0..<50).reversed() {
            if configuration.port == 0, hasSteps { configuration.port = PortRange.next() }
            do {
                let server = try Server(configuration)
                let address = try await server.start()
                self.port = address.port
                return (server, address)
            } catch let error as ServerError where error.status == .unavailable && triesLeft > 0 {
                configuration.port = 0
            }
        }
        preconditionFailure("the last try throws")
    }

    private mutating func drive(
        _ step: StoryStep, number: Int, plan: Plan, server: Server, at address: Server.Address,
        after last: Account
    ) async throws -> Trial {
        var account = Account(rules: plan.rules.count { !$0.isOffer }, device: last.device)
        account.slots = last.slots
        if self.power == nil {
            let device = try self.bench.device(server.trust, self.run.profile)
            self.power = device.map { [input] device in
                PowerSwitch(device) { life, heard in
                    input.yield(Heard(source: .life(life), input: heard))
                }
            }
        }
        func impossible(_ trouble: String) -> Trial {
            account.trouble = trouble
            return Trial(
                step, account: account, isOn: false, dialect: .faultserve, method: self.run.method,
                url: address.url)
        }
        guard let power else { return impossible("it takes \(self.run.profile.device)") }
        if let flash = step.mishap?.flash, !power.device.takesFlashMishaps {
            return impossible("it takes the virtual board: \(flash)")
        }
        var trial = Trial(
            step, account: account, isOn: power.isOn, dialect: power.device.dialect,
            method: self.run.method, url: self.url(at: address))
        self.setLimit(self.bench.wakeTime.nanoseconds)
        let sampler = Task { [input] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(50))
                input.yield(Heard(source: .sampler, input: .waited))
            }
        }
        defer { sampler.cancel() }
        var isOver = await self.take(trial.start(), step)
        while !isOver, let heard = await self.next() {
            if heard.source == .sampler {
                let sent = self.sentBefore + server.bytesSent
                self.traffic.add(sent, at: self.now)
                self.tell(RunNews(step: number, bytesSent: sent, lastLine: self.lastLine))
                continue
            }
            if case .line(let line) = heard.input { self.lastLine = line }
            guard self.isOfNow(heard.source) else { continue }
            if case .ended = heard.input { self.power?.hasEnded() }
            self.transcript.add(heard.input, at: self.now)
            isOver = await self.take(trial.note(heard.input), step)
        }
        self.limit.cancel()
        self.delay.cancel()
        return trial
    }

    /// What the device is to ask for.
    private func url(at address: Server.Address) -> String {
        guard let host = self.run.profile.device.host else { return address.url + self.bench.path }
        let scheme = address.url.prefix { $0 != ":" }
        return "\(scheme)://\(host):\(address.port)/\(self.bench.path)"
    }

    private mutating func next() async -> Heard? {
        if !self.backlog.isEmpty { return self.backlog.removeFirst() }
        return await self.inputs.next()
    }

    /// Whether it does not come from a life or a clock that is over.
    private func isOfNow(_ source: Heard.Source) -> Bool {
        switch source {
        case .life(let life): life == self.power?.life
        case .limit(let number): number == self.limit.number
        case .delay(let number): number == self.delay.number
        case .server, .sampler, .silence: true
        }
    }

    /// Does what the trial asks for.
    /// - Returns: whether the step is over.
    private mutating func take(_ actions: [Trial.Action], _ step: StoryStep) async -> Bool {
        for action in actions {
            switch action {
            case .powerOn(let flash):
                self.transcript.add("power on", by: .rig, at: self.now)
                self.power?.turnOn(suffering: flash)
            case .powerOff:
                await self.power?.turnOff()
                self.transcript.add("power off", by: .rig, at: self.now)
            case .type(let line):
                self.power?.type(line)
                self.transcript.add("> " + line, by: .rig, at: self.now)
            case .begin:
                self.setLimit(Bench.time(for: step, pace: self.power?.device.pace ?? 1))
            case .wait(let time):
                self.delay.set(time.nanoseconds) { [input] number in
                    input.yield(Heard(source: .delay(number), input: .waited))
                }
            case .finish: return true
            }
        }
        return false
    }

    private mutating func setLimit(_ nanoseconds: Int64) {
        self.limit.set(nanoseconds) { [input] number in
            input.yield(Heard(source: .limit(number), input: .timeout))
        }
    }
}

extension Transcript {
    fileprivate mutating func add(_ input: Trial.Input, at milliseconds: Double) {
        switch input {
        case .line(let line): self.add(line, by: .device, at: milliseconds)
        case .event(let event):
            if let line = event.line { self.add(line.text, by: .server, at: milliseconds) }
        case .ended(let end): self.add("the device ended: \(end)", by: .rig, at: milliseconds)
        case .timeout: self.add("time is up", by: .rig, at: milliseconds)
        case .waited: break
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
