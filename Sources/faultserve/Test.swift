import ArgumentParser
import FaultKit
import FaultServer
import FirmwareImage
import Foundation
import Glibc
import ImageSigning
import NIOConcurrencyHelpers
import NIOCore
import Rig

/// `faultserve test`.
struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a device update through profiles, and judge what it does.",
        discussion: """
            Each run has a server with one profile and a device of its own, and is judged by both sides: \
            the device's console, and the server's journal. What counts is what runs after the reboot. A \
            run whose fault never struck proves nothing, and is void.

            The virtual board needs no hardware: it runs the app of this project's firmware folder. \
            --device exec:COMMAND tests what has its console on the command's standard input and output; \
            $FAULTSERVE_CA is the CA file that it has to trust, and $FAULTSERVE_RUN the run's number: the \
            same each time that the device is powered on in it. --device serial:PATH tests a board on a \
            serial line.

            Exit status: 0 if each run passed or showed a gap that is known; 1 if one failed, was void, or \
            showed that a known gap is no more.
            """)

    @Argument(help: "Profiles, by name or file.")
    var profiles: [String] = []

    @Flag(help: "Test every shipped profile.")
    var all = false

    @Option(
        help: ArgumentHelp(
            "An update method of the device (repeatable).",
            discussion: "Default: native, simple, advanced and guarded.", valueName: "name"))
    var method: [String] = []

    @Option(
        help: ArgumentHelp("What is tested: \(DeviceAddress.form).", valueName: "device"),
        transform: { try DeviceAddress($0) })
    var device = DeviceAddress.board

    @Option(
        help: ArgumentHelp(
            "Whose words its console speaks: \(Dialect.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "dialect"))
    var console = Dialect.faultserve

    @Option(
        name: .customLong("board-option"),
        help: ArgumentHelp(
            "A word more for the virtual board (repeatable).", valueName: "word"))
    var boardOptions: [String] = []

    @Option(help: "An image to offer; default: one that is made.")
    var image: String?

    @Option(
        help: ArgumentHelp(
            "The name or address by which the device reaches this machine. Default: 127.0.0.1.",
            valueName: "name"))
    var host: String?

    @Option(help: "How long a device may take from power on until it takes a URL.")
    var wakeTime = TimeAmount.seconds(60)

    @Option(
        help: ArgumentHelp(
            "How many runs take place at once. Default: four for each processor; one on a serial line.",
            valueName: "count"))
    var jobs: Int?

    @Option(help: "Replays chance: the same seed gives the same faults. Default: the profile's.")
    var seed: UInt64?

    @Option(help: ArgumentHelp("Write the results as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the results as JUnit's XML.", valueName: "file"))
    var junit: String?

    @Option(
        help: ArgumentHelp(
            "Write the results as a web page that needs nothing else.", valueName: "file"))
    var html: String?

    @Option(
        help: ArgumentHelp(
            "How many seeds each run is repeated with: the seed, the next one ...",
            valueName: "count"))
    var seeds = 1

    @OptionGroup var library: LibraryOptions
    @OptionGroup var authority: AuthorityOptions

    func validate() throws {
        if self.all == !self.profiles.isEmpty {
            throw ValidationError("name profiles, or say --all for every shipped one")
        }
        guard (1...64).contains(self.jobs ?? 1) else {
            throw ValidationError("--jobs \(self.jobs ?? 1): choose 1 to 64")
        }
        guard (1...10_000).contains(self.seeds) else {
            throw ValidationError("--seeds \(self.seeds): choose 1 to 10000")
        }
        guard self.wakeTime > .zero else {
            throw ValidationError("--wake-time: a device needs some time to come up")
        }
        guard case .serial = self.device else { return }
        guard (self.jobs ?? 1) == 1 else {
            throw ValidationError("--jobs \(self.jobs!): one device takes one run at a time")
        }
        guard self.host != nil else {
            throw ValidationError(
                "a board does not reach 127.0.0.1; say with --host where it finds this machine")
        }
    }

    func run() async throws {
        let library = self.library.library
        let profiles =
            self.all ? try library.all() : try self.profiles.map { try library.resolve($0) }
        // Who names both gets the run, and hears that it is void.
        let isWhole = self.all || self.method.isEmpty
        let runs = profiles.flatMap { profile in
            self.methods.filter {
                !isWhole || profile.device.methods?.contains($0) ?? true
            }.flatMap { method in
                let first = self.seed ?? profile.seed
                return (0..<UInt64(self.seeds)).map {
                    Run(profile: profile, method: method, seed: first &+ $0)
                }
            }
        }
        try self.checkReports()
        let campaign = Campaign(bench: try self.bench(), runs: runs, jobs: self.count)
        let began = ContinuousClock.now
        let console = TestConsole(runs: runs, replay: self.replay)
        let testing = Task { try await campaign.perform { console.tell($0) } }
        let following = Task { await console.follow() }
        let signals = Signals { _ in testing.cancel() }
        let done = await testing.result
        following.cancel()
        await following.value
        let results = try done.get()
        console.summarize(results, after: ContinuousClock.now - began)
        if let json { try TestReport.json(results).write(toFile: json) }
        if let junit { try TestReport.junit(results).write(toFile: junit) }
        if let html {
            let replay = self.replay
            let page = HTMLReport.page(results) { replay.command($0) }
            try Data(page.utf8).write(toFile: html)
        }
        withExtendedLifetime(signals) {}
        // As a shell says of what SIGINT has ended.
        guard !testing.isCancelled else { throw ExitCode(130) }
        guard results.allSatisfy(\.verdict.isGood) else { throw ExitCode(1) }
    }

    /// A report that cannot be written is told before the tests, which may take an hour.
    private func checkReports() throws {
        for path in [self.json, self.junit, self.html].compactMap({ $0 }) {
            let folder = path.contains("/") ? path.parent : "."
            guard access(folder, W_OK) == 0 else { throw ServerError.unwritable(path) }
        }
    }

    private var count: Int {
        if case .serial = self.device { return 1 }
        return self.jobs ?? System.coreCount * 4
    }

    private var methods: [String] {
        if !self.method.isEmpty { return self.method }
        return self.console == .faultserve
            ? ["native", "simple", "advanced", "guarded"] : [self.console.rawValue]
    }

    private var replay: Replay {
        var words: [String] = []
        if self.device != .board { words += ["--device", self.device.description] }
        if let host { words += ["--host", host] }
        if self.console != .faultserve { words += ["--console", self.console.rawValue] }
        for option in self.boardOptions { words += ["--board-option", option] }
        if let image { words += ["--image", image] }
        if let folder = self.authority.caDir { words += ["--ca-dir", folder] }
        for host in self.authority.caConstrain { words += ["--ca-constrain", host] }
        return Replay(words: words)
    }

    private func bench() throws -> Bench {
        let offers = try TestOffers(image: self.image)
        let identity = self.authority.source
        let program = System.executable.parent + "/virtual-board"
        if self.device == .board, access(program, X_OK) != 0 {
            throw ServerError(
                .unavailable,
                "\(program) is not there: 'swift build' makes it beside faultserve")
        }
        let today = System.today
        let host = self.host ?? "127.0.0.1"
        let line = try self.line()
        let count = RunCount()
        return Bench(
            server: { plan, setup in
                var configuration = Configuration(
                    plan: plan, content: try offers.content(for: setup), identity: identity)
                configuration.imageSigner = offers.signer
                configuration.hosts = [host, "localhost"]
                configuration.bind = host == "127.0.0.1" ? host : "::"
                configuration.port = 0
                configuration.threads = 1
                return configuration
            },
            device: { [device, console, boardOptions] trust, profile in
                switch device {
                case .board:
                    return try Bench.virtualBoard(
                        program: program, factory: try offers.factory(for: profile.device),
                        trust: trust, profile: profile, today: today, options: boardOptions)
                case .command(let command):
                    // What it was built for is not to be seen from here.
                    guard profile.device.isPlain else { return nil }
                    return Bench.command(
                        "export FAULTSERVE_CA='\(trust?.anchorPath ?? "")' FAULTSERVE_RUN=\(count.next()); \(command)",
                        dialect: console)
                case .serial: return profile.device.isPlain ? line : nil
                }
            },
            gaps: KnownGap.stock, path: "firmware.bin",
            preparation: try line.map { _ in try Preparation.profile(Faultserve.catalogue) },
            wakeTime: self.wakeTime)
    }

    /// The board on a serial line, if that is what is tested.
    /// - Throws: ``ServerError`` if it is not to be had, or the image is not one for it.
    private func line() throws -> (any Device)? {
        guard case .serial(let address) = self.device else { return nil }
        if let image {
            let bytes = try InputFile(image).bytes
            let version = try AppImageInspection(of: bytes).summary?.version ?? ""
            guard version == Preparation.offered else {
                throw ServerError(
                    .data,
                    "\(image) is of version '\(version)', and what is offered has to be "
                        + "\(Preparation.offered); 'faultserve image edit \(image) --set "
                        + "app.version=\(Preparation.offered) -o NEW' makes it so")
            }
        }
        return try Bench.serial(address, dialect: self.console)
    }
}

/// Numbers the runs, from 1.
private struct RunCount: Sendable {
    private let last = NIOLockedValueBox(0)

    func next() -> Int {
        self.last.withLockedValue { last in
            last += 1
            return last
        }
    }
}

/// What is typed to see one run again.
struct Replay: Sendable {
    /// What all runs have in common.
    let words: [String]

    func command(_ run: Run) -> String {
        let own = [
            "faultserve", "test", run.profile.file, "--method", run.method, "--seed", "\(run.seed)",
        ]
        return (own + self.words).map(Self.quoted).joined(separator: " ")
    }

    /// As a shell takes it for one word.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=,@%+".contains($0) }
        guard word.isEmpty || !isPlain else { return word }
        return "'"
            + word.split(separator: "'", omittingEmptySubsequences: false)
            .joined(separator: "'\\''") + "'"
    }
}
