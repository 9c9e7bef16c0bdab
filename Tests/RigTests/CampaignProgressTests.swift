import FaultServer
import Testing

@testable import Rig

/// What a person sees of a test that is going on.
@Suite struct CampaignProgressTests {
    private static func run(_ name: String, steps: Int = 1) throws -> Run {
        let step = "- { story: s, rules: [] }"
        let text =
            steps == 1 ? "rules: []" : "steps:\n" + String(repeating: "  \(step)\n", count: steps)
        let profile = try Profile.read(
            "name: \(name)\nstory: A story.\n\(text)\n", file: "\(name).yaml",
            catalogue: Catalogue([]))
        return Run(profile: profile, method: "simple")
    }

    private static func ended(_ run: Run, _ verdict: Verdict) -> RunResult {
        RunResult(
            run: run, verdict: verdict, account: Account(rules: 0), steps: 1,
            transcript: Transcript(), traffic: Traffic(), duration: 0)
    }

    @Test func eachDeviceHasALineAndAllRunsABar() throws {
        let (one, two) = (try Self.run("none"), try Self.run("break-and-resume", steps: 2))
        var progress = CampaignProgress(count: 4)
        progress.note(.began(0, one), at: 0)
        progress.note(.began(1, two), at: 1)
        progress.note(
            .reached(1, RunNews(step: 2, bytesSent: 20_480, lastLine: "I (5) app: on")), at: 2)
        #expect(
            progress.lines(width: 80, at: 66) == [
                "  none  simple              1:06  0 B sent",
                "  break-and-resume  simple  1:05  step 2 of 2  20 KiB sent  I (5) app: on",
                "[....................] 0 of 4  1:06",
            ])
    }

    @Test func whatIsOverLeavesItsLineToTheBar() throws {
        let run = try Self.run("none")
        var progress = CampaignProgress(count: 4)
        progress.note(.began(0, run), at: 0)
        progress.note(.ended(0, Self.ended(run, .passed)), at: 1)
        #expect(progress.lines(width: 80, at: 1) == ["[#####...............] 1 of 4  0:01"])
        progress.note(.ended(1, Self.ended(run, .void("no rule struck"))), at: 2)
        #expect(
            progress.lines(width: 80, at: 2)
                == ["[##########..........] 2 of 4, 1 not as required  0:02"])
    }

    @Test func noLineIsWiderThanTheTerminalAndNoneMovesTheCursor() throws {
        var progress = CampaignProgress(count: 1)
        progress.note(.began(0, try Self.run("none")), at: 0)
        let line = "\u{7}\u{8}\u{9B}2J" + String(repeating: "x", count: 500)
        progress.note(.reached(0, RunNews(step: 1, bytesSent: 0, lastLine: line)), at: 0)
        let lines = progress.lines(width: 60, at: 0)
        #expect(lines.allSatisfy { $0.count <= 60 })
        #expect(lines[0].contains("\u{FFFD}\u{FFFD}\u{FFFD}2Jxx"))
    }
}
