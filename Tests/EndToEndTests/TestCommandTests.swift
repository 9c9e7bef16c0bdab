import Foundation
import Testing

/// `faultserve test`, on the virtual board and on what is behind a command.
@Suite struct TestCommandTests {
    fileprivate struct Result: Decodable {
        let profile: String
        let method: String
        let verdict: String
        let outcome: String
        let reason: String?
    }

    private func test(
        _ words: [String], in folder: Folder, within seconds: Double = 120
    ) throws -> (done: Finished, results: [Result]) {
        let done = try run(
            binary, ["test", "--json", folder.file("json"), "--junit", folder.file("xml")] + words,
            within: seconds, environment: ["XDG_STATE_HOME": folder.file("state")])
        let results =
            (try? folder.bytes("json")).map { try? JSONDecoder().decode([Result].self, from: $0) }
            ?? nil
        return (done, results ?? [])
    }

    /// The cases of a JUnit file by a stock parser of XML: name, and what is in it.
    private func cases(_ folder: Folder) throws -> String {
        let script = """
            import sys, xml.etree.ElementTree as tree
            root = tree.parse(sys.argv[1]).getroot()
            for suite in root:
                cases = list(suite)
                assert int(suite.get("tests")) == len(cases)
                for case in cases:
                    print(case.get("classname"), case.get("name"), *[child.tag for child in case])
            """
        let done = try run("python3", ["-c", script, folder.file("xml")])
        try #require(done.status == 0, "\(done.errors)")
        return done.output
    }

    @Test(.timeLimit(.minutes(5)))
    func aFewProfilesAreJudged() throws {
        let folder = try Folder()
        let (done, results) = try self.test(["none", "wrong-chip", "bad-cn"], in: folder)
        #expect(done.status == 0, "\(done.output)")
        #expect(results.count == 12)
        #expect(results.count { $0.verdict == "passed" } == 11)
        #expect(results.first { $0.verdict == "gap" }?.method == "native")
        #expect(done.output.contains("12 runs in "))
        #expect(done.output.contains("11 passed, 1 known gap"))
        #expect(done.output.contains("writes the whole image before anyone looks at its chip"))
        let cases = try self.cases(folder)
        #expect(cases.split(separator: "\n").count == 12)
        #expect(cases.contains("wrong-chip native skipped\n"))
    }

    @Test(.timeLimit(.minutes(5)))
    func whatFailsSaysWhatWasRequiredAndHowToSeeItAgain() throws {
        let folder = try Folder()
        try folder.write(
            Data(
                """
                name: strict
                story: A server without a fault, and a requirement that nobody meets.
                seed: 5
                rules: []
                expect: { device: rejected, stage: tls, within: 20s }
                """.utf8), to: "strict.yaml")
        let (done, results) = try self.test(
            [folder.file("strict.yaml"), "--method", "advanced"], in: folder)
        #expect(done.status == 1)
        #expect(results.map(\.verdict) == ["failed"])
        for text in [
            "FAILED  strict", "device: expected rejected, found updated",
            "OTA-REPORT", "GET /firmware.bin",
            "again: faultserve test \(folder.file("strict.yaml")) --method advanced --seed 5",
        ] {
            #expect(done.output.contains(text), "\(text): \(done.output)")
        }
        #expect(try self.cases(folder) == "strict advanced failure\n")
    }

    @Test(.timeLimit(.minutes(5)))
    func aFaultThatNeverStruckProvesNothing() throws {
        let folder = try Folder()
        try folder.write(
            Data(
                """
                name: late
                story: A fault for a request that never comes.
                rules: [{ fault: truncate, at: 40%, when: { request: 9 } }]
                expect: { device: updated, within: 20s }
                """.utf8), to: "late.yaml")
        let (done, results) = try self.test(
            [folder.file("late.yaml"), "--method", "simple"], in: folder)
        #expect(done.status == 1)
        #expect(results.map(\.verdict) == ["void"])
        #expect(done.output.contains("no rule of the profile struck"))
    }

    @Test(.timeLimit(.minutes(5)))
    func aDeviceBehindACommandIsJudgedToo() throws {
        let folder = try Folder()
        let board =
            "\(VirtualBoard.program) --flash '\(folder.file("flash"))' --ca \"$FAULTSERVE_CA\" "
            + "--factory '\(folder.file("factory"))'"
        let made = try run(
            binary,
            [
                "image", "make", "-o", folder.file("factory"), "--version", "1.0.0", "--size",
                "69712",
            ])
        try #require(made.status == 0, "\(made.errors)")
        let words = ["--device", "exec:\(board)", "--method", "advanced"]
        let (done, results) = try self.test(["truncate"] + words, in: folder)
        #expect(done.status == 0 && results.map(\.verdict) == ["passed"], "\(done.output)")
        // What a device was built for cannot be seen from here.
        let (void, reasons) = try self.test(["unsigned"] + words, in: folder)
        #expect(void.status == 1)
        #expect(reasons.first?.reason?.contains("signed images only") == true)
    }

    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ("exit 3", "it ended with status 3"), ("sleep 0", "it ended with status 0"),
            ("kill -9 $$", "signal 9"),
        ])
    func aDeviceThatIsGoneProvesNothing(command: String, said: String) throws {
        let folder = try Folder()
        let (done, results) = try self.test(
            ["none", "--device", "exec:\(command)", "--method", "advanced"], in: folder)
        #expect(done.status == 1 && results.map(\.verdict) == ["void"])
        #expect(done.output.contains(said), "\(done.output)")
    }

    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ([], "name profiles, or say --all"), (["none", "--jobs", "0"], "choose 1 to 64"),
            (["none", "--device", "usb"], "device"), (["nothing-like-it"], "nothing-like-it"),
        ])
    func wrongWordsAreSaid(words: [String], said: String) throws {
        let done = try run(binary, ["test"] + words, within: 30)
        #expect([64, 65, 66].contains(done.status))
        #expect((done.output + done.errors).contains(said), "\(done.errors)")
    }
}

extension TestCommandTests {
    @Test(.timeLimit(.minutes(2)))
    func anInterruptedTestLeavesNothingBehindAndTellsOfWhatIsOver() throws {
        let folder = try Folder()
        // One that is over at once, and one that waits.
        let child = try Child(
            binary,
            [
                "test", "wrong-chip", "stalled", "--method", "advanced", "--json",
                folder.file("json"),
            ], environment: ["XDG_STATE_HOME": folder.file("state"), "TMPDIR": folder.path],
            input: "/dev/null", output: folder.file("out"), errors: folder.file("err"))
        let deadline = Date(timeIntervalSinceNow: 30)
        while Date() < deadline,
            !String(decoding: (try? folder.bytes("out")) ?? Data(), as: UTF8.self)
                .contains("wrong-chip")
        { usleep(20_000) }
        kill(child.pid, SIGINT)
        #expect(child.wait(within: 20) == 130)
        let results = try JSONDecoder().decode([Result].self, from: folder.bytes("json"))
        #expect(results.map(\.profile) == ["wrong-chip"])
        // The boards had their files in the folder, and its name on their command lines.
        let running = try run(
            "sh", ["-c", "ps -eo args | grep -c '[f]lash \(folder.path)' || true"])
        #expect(running.output.trimmingCharacters(in: .whitespacesAndNewlines) == "0")
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.hasPrefix("faultserve-board") }, "\(left)")
    }
}
