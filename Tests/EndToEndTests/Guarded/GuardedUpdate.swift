import Foundation
import Testing

/// The end that a guarded update must come to.
enum GuardedEnd {
    /// This version runs in ota_0, and the board has proved it.
    case updated(String)
    /// The old app runs, and this is where and why; `refused` is a policy's word for it.
    case rejected(String, String)
    case refused
    /// The same, and the client did not come back: only a restart has kept the deadline.
    case restarted(String)
    /// It was installed, did not last, and the old app says so.
    case rolledBack

    static let updated = Self.updated("2.0.0")

    /// The overall time that an update is given: short where it is what ends it, and long enough for a busy
    /// computer elsewhere.
    var overallTimeout: Int {
        switch self {
        case .restarted, .rejected(_, "ESP_ERR_TIMEOUT"): 3000
        default: GuardedUpdate.overallTimeout
        }
    }
}

/// A guarded update with short deadlines, and a restart behind it.
struct GuardedUpdate {
    private static let success = ["updated", "set-boot", "ESP_OK"]
    static let receiveTimeout = 400
    static let overallTimeout = 20_000

    let run: VirtualBoard.Run
    /// How long it may take by the board's own clock: guarded_ota.h promises the overall time and four
    /// receive timeouts. The rest is for a computer that has other things to do.
    let mostTime: Int

    /// - Parameters:
    ///   - lines: typed before the URL.
    ///   - more: options of the board.
    init(
        _ board: VirtualBoard, _ url: String, ca: String, typing lines: [String] = [],
        timeout: Int = Self.receiveTimeout, within overall: Int = Self.overallTimeout,
        _ more: [String] = []
    ) throws {
        self.mostTime = overall + 4 * timeout + 5000
        self.run = try board.type(
            ["method guarded"] + lines + [url, "reboot"], ca: ca,
            [
                "--timeout-ms", "\(timeout)", "--kconfig",
                "APP_OTA_OVERALL_TIMEOUT_MS=\(overall)", "--kconfig",
                "APP_OTA_MAX_ATTEMPTS=2",
            ] + more)
    }

    /// How often a line is in the console.
    func count(_ text: String) -> Int { self.run.console.components(separatedBy: text).count - 1 }

    /// Milliseconds from the command to the end, by the board's clock.
    var milliseconds: Int? {
        guard let start = Self.time(of: "console: update by guarded", in: self.run.console),
            let end = Self.time(of: "guarded: no update:", in: self.run.console)
                ?? Self.time(of: "guarded: the new app boots next", in: self.run.console)
        else { return nil }
        return end - start
    }

    private static func time(of text: String, in console: String) -> Int? {
        let line = console.split(separator: "\n").first { $0.contains(text) }
        let digits = line?.split(separator: "(").dropFirst().first?.prefix { $0.isNumber }
        return digits.flatMap { Int($0) }
    }

    /// What holds for every guarded update: it ends in time, what it reports is what runs after a
    /// restart, and it claims no success without the proof.
    func expect(
        _ end: GuardedEnd, old: String = "factory 1.0.0", slot: String = "ota_0",
        _ location: SourceLocation = #_sourceLocation
    ) {
        let console = Comment(rawValue: self.run.console)
        #expect(self.run.status == 0, console, sourceLocation: location)
        #expect(
            self.milliseconds.map { $0 <= self.mostTime } == true,
            "\(self.milliseconds ?? -1) ms: \(console)", sourceLocation: location)
        let update = self.run.report("update")
        let proof = self.run.report("proof")?["outcome"] as? String
        let ended = [self.run.outcome, self.run.stage, self.run.error]
        let boots = update?["boots"] as? String
        let isNew = self.run.outcome == "updated"
        var (runs, proves, restarts) = (old, String?.none, 0)
        switch end {
        case .updated(let version):
            #expect(ended == Self.success, console, sourceLocation: location)
            (runs, proves) = ("\(slot) \(version)", "new-runs")
        case .rolledBack:
            #expect(ended == Self.success, console, sourceLocation: location)
            proves = "old-runs"
        case .refused:
            let wanted = ["refused", "policy", "ESP_ERR_INVALID_VERSION"]
            #expect(ended == wanted, console, sourceLocation: location)
        case .rejected(let stage, let error):
            #expect(ended == ["rejected", stage, error], console, sourceLocation: location)
        case .restarted(let stage):
            let wanted = ["rejected", stage, "ESP_ERR_TIMEOUT"]
            #expect(ended == wanted, console, sourceLocation: location)
            restarts = 1
        }
        #expect(self.run.running == runs, console, sourceLocation: location)
        #expect(boots == (isNew ? slot : old.split(separator: " ").first.map(String.init)))
        #expect(proof == proves, console, sourceLocation: location)
        #expect(
            self.count("the deadline is kept by a restart") == restarts, console,
            sourceLocation: location)
    }
}
