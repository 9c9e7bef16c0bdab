import FaultServer
import Testing

@testable import Rig

/// The page that people read.
@Suite struct HTMLReportTests {
    private func result(_ method: String, _ verdict: Verdict, said: String = "hello") throws
        -> RunResult
    {
        let profile = try Profile.read(
            "name: p\nstory: A <story>.\nrules: []\n", file: "p.yaml", catalogue: Catalogue([]))
        var transcript = Transcript()
        transcript.add("GET /firmware.bin", by: .server, at: 10)
        transcript.add(said, by: .device, at: 20)
        transcript.add("power off", by: .rig, at: 30)
        var traffic = Traffic()
        traffic.add(50, at: 50)
        traffic.add(100, at: 100)
        return RunResult(
            run: Run(profile: profile, method: method), verdict: verdict,
            account: Account(rules: 0),
            steps: 1, transcript: transcript, traffic: traffic, duration: 100)
    }

    private func page(_ results: [RunResult]) -> String {
        HTMLReport.page(results) { "again \($0.method)" }
    }

    @Test func hasAMatrixWhoseCellsLeadToTheRuns() throws {
        let mismatch = Verdict.Mismatch(what: "device", expected: "rejected", actual: "updated")
        let page = self.page([
            try self.result("native", .passed), try self.result("guarded", .failed([mismatch])),
        ])
        #expect(page.contains("<th scope=\"col\">native</th><th scope=\"col\">guarded</th>"))
        #expect(page.contains("<td><a class=\"passed\" href=\"#run-0\">"))
        let folded = page.split(separator: "<details").dropFirst().map(String.init)
        #expect(folded[0].hasPrefix(">") && folded[0].contains("<p id=\"run-0\">"))
        #expect(folded[1].hasPrefix(" open>") && folded[1].contains("<p id=\"run-1\">"))
        #expect(page.contains("<td>device</td><td>rejected</td><td>updated</td>"))
        #expect(page.contains("<code>again guarded</code>"))
    }

    @Test func bothSidesStandSideBySide() throws {
        let page = self.page([try self.result("native", .passed)])
        #expect(
            page.contains("<td>0.01 s</td><td class=\"server\">GET /firmware.bin</td><td></td>"))
        #expect(page.contains("<td>0.02 s</td><td></td><td class=\"device\">hello</td>"))
        #expect(page.contains("<td></td><td class=\"rig\">power off</td>"))
        #expect(page.contains("<polyline points=\"0,80 300,40 600,0\"/>"))
    }

    @Test func whatADeviceSaysIsText() throws {
        let page = self.page([
            try self.result("a\"b", .void("<b>"), said: "<script>alert(1)</script>\u{1B}&")
        ])
        #expect(!page.contains("<script>") && page.contains("&lt;script&gt;alert(1)"))
        #expect(
            page.contains("a&quot;b") && page.contains("A &lt;story&gt;.")
                && page.contains("\u{FFFD}&amp;"))
        // Nothing is fetched from elsewhere.
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("src="))
    }

    @Test func aLongRunIsCut() throws {
        let profile = try self.result("native", .passed).run
        var transcript = Transcript()
        for number in 0..<1_000 {
            transcript.add("line \(number)", by: .device, at: Double(number))
        }
        let page = self.page([
            RunResult(
                run: profile, verdict: .passed, account: Account(rules: 0), steps: 1,
                transcript: transcript, traffic: Traffic(), duration: 1_000)
        ])
        #expect(page.contains("600 lines are left out"))
        #expect(
            page.contains("line 0<") && page.contains("line 999<") && !page.contains("line 500<"))
    }

    @Test func aCurveKeepsFewPointsAndItsShape() {
        var traffic = Traffic()
        for number in 1...10_000 { traffic.add(number * 10, at: Double(number)) }
        #expect((50...Traffic.limit).contains(traffic.points.count))
        #expect(traffic.points.allSatisfy { Double($0.bytes) == $0.milliseconds * 10 })
        #expect(traffic.points.last!.milliseconds > 9_800)
    }
}
