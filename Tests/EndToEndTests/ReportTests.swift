import Foundation
import Testing

/// What `faultserve test` leaves behind, read by programs that know nothing of it.
@Suite struct ReportTests {
    /// One run that passes, one known gap, one that fails and one that is void.
    private static func reports(_ words: [String], in folder: Folder) throws {
        for (name, rules, expect) in [
            ("strict", "[]", "{ device: rejected, stage: tls, within: 20s }"),
            ("late", "[{ fault: truncate, at: 40%, when: { request: 9 } }]", "{ device: updated }"),
        ] {
            let text = """
                name: \(name)
                story: A profile & a "test" of the <reports>.
                rules: \(rules)
                expect: \(expect)
                """
            try folder.write(Data(text.utf8), to: "\(name).yaml")
        }
        let done = try run(
            binary,
            [
                "test", "none", "wrong-chip", folder.file("strict.yaml"), folder.file("late.yaml"),
                "--method", "native",
            ] + words, within: 120, environment: ["XDG_STATE_HOME": folder.file("state")])
        try #require(done.status == 1, "\(done.errors)")
    }

    @Test(arguments: ["--json", "--junit", "--html"])
    func aReportThatCannotBeWrittenIsSaidBeforeTheTests(option: String) throws {
        let done = try run(binary, ["test", "none", option, "/nonexistent/report"], within: 20)
        #expect(done.status == 69 && done.output.isEmpty, "\(done)")
        #expect(done.errors.contains("cannot write /nonexistent/report"))
    }

    @Test(.timeLimit(.minutes(2)))
    func aStockParserReadsTheJUnitFile() throws {
        let folder = try Folder()
        try Self.reports(["--junit", folder.file("xml")], in: folder)
        let script = """
            import sys
            from junitparser import JUnitXml
            for suite in JUnitXml.fromfile(sys.argv[1]):
                print("suite", suite.name, suite.tests, suite.failures, suite.skipped)
                for case in suite:
                    print(case.classname, case.name, *[type(result).__name__ for result in case.result])
                    assert case.time > 0
            """
        let done = try run(
            checkout + "/.build-tools/junitparser/bin/python", ["-c", script, folder.file("xml")])
        #expect(
            done.output == """
                suite none 1 0 0
                none native
                suite wrong-chip 1 0 1
                wrong-chip native Skipped
                suite strict 1 1 0
                strict native Failure
                suite late 1 1 0
                late native Failure

                """, "\(done.errors)")
    }

    private static func chromium(_ words: [String], in folder: Folder) throws -> Finished {
        try run(
            "chromium",
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--window-size=1200,1400", "--enable-logging=stderr",
                "--user-data-dir=\(folder.file("chromium"))",
            ] + words, within: 90, environment: ["HOME": folder.path])
    }

    /// What pages have said on the console.
    private static func said(_ done: Finished) -> [Substring] {
        done.errors.split(separator: "\n").filter { $0.contains(":CONSOLE") }
    }

    @Test(.timeLimit(.minutes(4)))
    func aBrowserShowsMatrixAndTimeline() throws {
        let folder = try Folder()
        try Self.reports(["--html", folder.file("page.html")], in: folder)
        let picture = folder.file("page.png")
        let page = "file://" + folder.file("page.html")
        let done = try Self.chromium(["--screenshot=\(picture)", page], in: folder)
        #expect(done.status == 0 && Self.said(done).isEmpty, "\(done.errors)")
        // What is looked for is there where there is an error.
        try folder.write(Data("<script>missing()</script>".utf8), to: "broken.html")
        let broken = try Self.chromium(
            ["--screenshot=\(folder.file("broken.png"))", "file://" + folder.file("broken.html")],
            in: folder)
        #expect(Self.said(broken).count == 1)

        // Passed, gap, failed and void in the matrix; then the server's and the rig's lines.
        let places = try Self.places(
            of: ["2e8b57", "d9a400", "c0392b", "7f8c8d", "1f6feb", "8957e5"], in: picture)
        let (server, rig) = (places[4], places[5])
        for (upper, lower) in zip(places[0..<3], places[1..<4]) {
            #expect(upper.pixels > 500 && lower.pixels > 500)
            // The verdicts stand above the rows of the matrix in the same colours.
            #expect(upper.bottom > upper.top + 20)
        }
        #expect(server.pixels > 20 && rig.pixels > 5, "\(places)")
        // The plot has the server's colour, and stands over its column; the rig's is the device's.
        #expect(server.left < rig.left && rig.left > 500 && server.bottom > places[0].top)
    }

    private struct Place { let pixels, left, right, top, bottom: Int }

    private static func places(of colours: [String], in picture: String) throws -> [Place] {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/png-colours.py").path
        let done = try run("python3", [script, picture] + colours, within: 60)
        try #require(done.status == 0, "\(done.errors)")
        return done.output.split(separator: "\n").map { line in
            let numbers = line.split(separator: " ").dropFirst().compactMap { Int($0) }
            return Place(
                pixels: numbers[0], left: numbers[1], right: numbers[2], top: numbers[3],
                bottom: numbers[4])
        }
    }

    /// Each device has a line and all runs a bar while they go on, on a terminal only.
    @Test(.timeLimit(.minutes(2)))
    func aTerminalShowsWhatIsGoingOn() throws {
        let folder = try Folder()
        let words = ["test", "none", "delay", "--method", "native"]
        let environment = ["XDG_STATE_HOME": folder.file("state"), "TERM": "xterm"]
        let onTerminal = try run(
            "script",
            ["-qec", ([binary] + words).joined(separator: " "), "/dev/null"], within: 60,
            environment: environment)
        #expect(onTerminal.status == 0)
        #expect(onTerminal.output.contains(#/  delay  native  0:0\d  \d+ B sent  I \(/#))
        #expect(onTerminal.output.contains("[##########..........] 1 of 2"))
        let end = onTerminal.output.suffix(60)
        #expect(end.contains("\u{1B}[1A\r\u{1B}[J") && end.contains("2 passed"), "\(end)")
        let inFile = try run(binary, words, within: 60, environment: environment)
        #expect(inFile.status == 0 && !inFile.output.contains("\u{1B}"))
        #expect(!inFile.output.contains("sent"))
    }
}
