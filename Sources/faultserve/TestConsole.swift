import FaultServer
import Glibc
import NIOConcurrencyHelpers
import Rig

/// A test as a person follows it: a line for each run that is over, and what to do about those that are
/// not as they should be. On a terminal what is going on stands below.
final class TestConsole: Sendable {
    private let runs: [Run]
    private let replay: Replay
    private let isColoured = Terminal.isColoured(STDOUT_FILENO)
    private let isTerminal = Terminal.isInteractive(STDOUT_FILENO)
    private let width: Int
    private let began = ContinuousClock.now
    private let live: NIOLockedValueBox<Live>

    private struct Live: Sendable {
        var progress: CampaignProgress
        /// How many lines stand below the cursor's place for results.
        var height = 0
    }

    init(runs: [Run], replay: Replay) {
        self.runs = runs
        self.replay = replay
        self.width = runs.map(\.profile.name.count).max() ?? 0
        self.live = NIOLockedValueBox(Live(progress: CampaignProgress(count: runs.count)))
    }

    func tell(_ news: CampaignNews) {
        self.live.withLockedValue { live in
            live.progress.note(news, at: self.seconds)
            guard case .ended(_, let result) = news else { return }
            let line = self.line(result) + "\n"
            self.write((live.height > 0 ? Terminal.erasing(lines: live.height) : "") + line)
            live.height = 0
            self.draw(&live)
        }
    }

    /// Keeps what is going on up to date, for ever; nothing where no terminal is.
    func follow() async {
        guard self.isTerminal else { return }
        while !Task.isCancelled {
            self.live.withLockedValue { self.draw(&$0) }
            try? await Task.sleep(for: .milliseconds(200))
        }
        self.live.withLockedValue { live in
            self.write(Terminal.erasing(lines: live.height))
            live.height = 0
        }
    }

    private func draw(_ live: inout Live) {
        guard self.isTerminal else { return }
        let size = Terminal.size(STDOUT_FILENO)
        // The last column stays free, as some terminals break the line behind it; and the bar is the last line.
        let lines = live.progress.lines(width: size.columns - 1, at: self.seconds)
            .suffix(max(1, size.rows - 2))
        self.write(Terminal.erasing(lines: live.height) + lines.map { $0 + "\n" }.joined())
        live.height = lines.count
    }

    private func write(_ text: String) { Array(text.utf8).writeAll(to: STDOUT_FILENO) }

    private var seconds: Double { (ContinuousClock.now - self.began) / .seconds(1) }

    private func line(_ result: RunResult) -> String {
        let run = result.run
        let words = [
            self.mark(result.verdict), Self.padded(run.profile.name, self.width),
            Self.padded(run.method, 8), Self.padded(Self.outcome(result), 26),
            Self.padded(Self.seconds(result.duration), 7),
        ]
        var line = words.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }

    func summarize(_ results: [RunResult], after time: Duration) {
        let gaps = results.filter { if case .gap = $0.verdict { true } else { false } }
        if !gaps.isEmpty {
            Terminal.write("\nKnown gaps, where ESP-IDF v5.3.2 does less than it should:")
            Terminal.write(
                Terminal.table(
                    gaps.map { result in
                        guard case .gap(let gap) = result.verdict else { return [] }
                        return ["  " + result.run.profile.name, result.run.method, gap.reason]
                    }))
        }
        for result in results where !result.verdict.isGood { self.explain(result) }
        let counts = [
            ("passed", results.count { $0.verdict == .passed }),
            (gaps.count == 1 ? "known gap" : "known gaps", gaps.count),
            ("failed", results.count { if case .failed = $0.verdict { true } else { false } }),
            ("void", results.count { if case .void = $0.verdict { true } else { false } }),
            ("healed", results.count { if case .healed = $0.verdict { true } else { false } }),
        ]
        let said = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
        let (whole, rest) = time.components
        let seconds = Double(whole) * 1e3 + Double(rest) / 1e15
        let all = results.count == self.runs.count ? "" : " of \(self.runs.count)"
        Terminal.write(
            "\n\(results.count)\(all) \(results.count == 1 ? "run" : "runs") in \(Self.seconds(seconds)): "
                + said)
    }

    /// The requirement, what was seen, what both sides said around the end, and how to see it again.
    private func explain(_ result: RunResult) {
        let run = result.run
        var lines = ["", "\(self.mark(result.verdict)) \(run.profile.name), \(run.method)"]
        lines.append("  \(run.profile.story)")
        switch result.verdict {
        case .failed(let mismatches):
            lines += mismatches.map {
                "  \($0.what): expected \($0.expected), found \($0.actual)"
            }
        case .void(let reason): lines.append("  void: \(reason)")
        case .healed(let gap):
            lines.append("  passed, and is listed as a known gap: \(gap.reason)")
        case .passed, .gap: break
        }
        let last = Self.last(of: result.transcript)
        if !last.isEmpty { lines.append("  what was said last:") }
        for line in last {
            let side = Self.padded(line.side.rawValue, 6)
            lines.append(
                "    \(Self.padded(Self.seconds(line.milliseconds), 7))  \(side)  \(line.text)")
        }
        lines.append("  again: \(self.replay.command(run))")
        Terminal.write(lines.joined(separator: "\n"))
    }

    /// The last lines of each side, in the order in which they came.
    private static func last(of transcript: Transcript) -> [Transcript.Line] {
        var left: [Transcript.Line.Side: Int] = [.device: 14, .server: 8, .rig: 4]
        return transcript.lines.reversed().filter { line in
            left[line.side, default: 0] -= 1
            return left[line.side, default: 0] >= 0
        }.reversed()
    }

    private func mark(_ verdict: Verdict) -> String {
        let (text, colour) =
            switch verdict {
            case .passed: ("ok    ", "32")
            case .gap: ("gap   ", "33")
            case .failed: ("FAILED", "31")
            case .void: ("void  ", "31")
            case .healed: ("healed", "31")
            }
        return self.isColoured ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
    }

    private static func outcome(_ result: RunResult) -> String {
        let device = result.account.device
        return device.outcome.rawValue + (device.stage.map { " at \($0.rawValue)" } ?? "")
    }

    private static func seconds(_ milliseconds: Double) -> String {
        let tenths = Int((milliseconds / 100).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
