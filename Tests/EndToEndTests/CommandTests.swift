import Foundation
import Testing

/// The command line: what it prints, and the statuses that scripts see.
@Suite struct CommandTests {
    @Test func listsFaultsProfilesAndCoverage() throws {
        for subject in ["faults", "profiles", "coverage"] {
            let text = try run(binary, ["list", subject])
            #expect(text.status == 0)
            let json = try run(binary, ["list", subject, "--json"])
            let rows =
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
            #expect((rows?.count ?? 0) >= 10, "\(subject)")
            for row in rows ?? [] { #expect(text.output.contains(row["name"] as? String ?? "?")) }
        }
    }

    @Test func checkReportsFiveMistakesWithTheirPlaces() throws {
        let folder = try Folder()
        try folder.write(
            Data(
                """
                name: five
                story: Five mistakes.
                seed: many
                rules:
                  - fault: truncat
                    at: 40%
                  - fault: truncate
                    at: half
                    endin: cut
                  - fault: throttle
                    rate: fast
                """.utf8), to: "five.yaml")
        let done = try run(binary, ["check", folder.file("five.yaml")])
        #expect(done.status == 65)
        for place in [
            "five.yaml:3:", "five.yaml:5:", "five.yaml:8:", "five.yaml:9:", "five.yaml:11:",
        ] {
            #expect(done.errors.contains(place), "\(place) in \(done.errors)")
        }
        #expect(done.errors.contains("did you mean 'truncate'"))
        #expect(done.errors.contains("did you mean 'ending'"))
    }

    @Test(arguments: [
        ("idle", "write NAME=VALUE, such as idle=30s"),
        ("idle=soon", "'soon' is no time above zero; write one such as 30s or 500ms"),
        ("connections=0", "'0' is no number above zero; write one such as 100 or 64KiB"),
        (
            "patience=1s",
            "no limit is called 'patience'; there are body-size, connections, fields, "
        ),
    ]) func aWrongLimitIsToldWithWhatWouldBeRight(limit: String, sentence: String) throws {
        let done = try run(binary, ["serve", "--limit", limit])
        #expect(done.status == 64)
        #expect(done.errors.contains(sentence), "\(done.errors)")
    }

    @Test func checkIsSatisfiedWithAllShippedProfiles() throws {
        let names = try run(binary, ["list", "profiles"]).output
            .split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        let done = try run(binary, ["check"] + names)
        #expect(done.status == 0, "\(done.errors)")
    }

    @Test func listsProfilesByTheStepThatDecides() throws {
        let rows = try run(binary, ["list", "profiles"]).output.split(separator: "\n")
            .map { $0.split(separator: " ").prefix(3).map(String.init) }
        let steps = [
            "connect", "tls", "http", "download", "header", "policy", "write", "verify", "boot",
        ]
        var seen: [String] = []
        for row in rows where seen.last != row[1] { seen.append(row[1]) }
        // Stories may end with what no step decides.
        #expect(seen == steps + ["self-test", "confirm", "-"], "those of one step stand together")
        #expect(rows.contains(["wrong-chip", "header", "rejected"]))
        #expect(rows.contains(["none", "confirm", "updated"]))
    }

    @Test func suggestsTheNearestProfile() throws {
        let done = try run(binary, ["--profile", "trunkate"])
        #expect(done.status == 66 || done.status == 65)
        #expect(done.errors.contains("did you mean 'truncate'"), "\(done.errors)")
    }

    @Test func explainsProfilesAndFaults() throws {
        let profile = try run(binary, ["explain", "bad-cn"])
        #expect(profile.output.contains("wrong-name"))
        let fault = try run(binary, ["explain", "throttle"])
        #expect(fault.output.contains("rate"))
        #expect(try run(binary, ["explain", "nothing-at-all"]).status != 0)
    }

    @Test func saysInOneSentenceWhyItCannotStart() throws {
        let folder = try Folder()
        let server = try Faultserve([])
        let environment = ["XDG_STATE_HOME": folder.path]
        func failure(_ arguments: [String]) throws -> (status: Int32, sentence: String) {
            let done = try run(binary, arguments, within: 20, environment: environment)
            #expect(done.errors.split(separator: "\n").count == 1, "\(done.errors)")
            return (done.status, done.errors)
        }
        let taken = try failure(["--port", "\(server.port)"])
        #expect(taken.status == 69 && taken.sentence.contains("is taken"))
        #expect(try failure(["--port", "0", "--root", folder.file("none")]).status == 66)
        #expect(try failure(["--port", "0", "--image", folder.file("none")]).status == 66)
        #expect(try failure(["--port", "0", "--bind", "203.0.113.9"]).status == 69)
        let key = ["--port", "0", "--cert", folder.file("c"), "--key", folder.file("k")]
        #expect(try failure(key).status == 66)
    }

    @Test(arguments: [[], ["--plain"]])
    func tellsTheAddressThatItIsBoundTo(more: [String]) throws {
        let folder = try Folder()
        let done = try run(
            binary, ["--bind", "127.0.0.1", "--port", "0", "--idle-exit", "10ms"] + more,
            within: 20, environment: ["XDG_STATE_HOME": folder.path])
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output.contains("://127.0.0.1:"), "\(done.output)")
    }

    @Test func refusesWrongUseWith64() throws {
        #expect(try run(binary, ["--no-such-option"]).status == 64)
        #expect(try run(binary, ["--port", "70000"]).status == 64)
        #expect(try run(binary, ["--cert", "x"]).status == 64)
        #expect(try run(binary, ["--fault", "truncate at=half"]).status == 65)
    }

    @Test func stopsAfterSoManyResponses() throws {
        let server = try Faultserve(["--exit-after", "2"])
        let done = try server.curl(
            [
                server.url + "/firmware.bin", "-o", "/dev/null", "--next", "-sS", "--cacert",
                server.ca,
                server.url + "/firmware.bin", "-o", "/dev/null",
            ])
        #expect(done.status == 0)
        #expect(server.waitForEnd(within: 10) == 0)
        #expect(try server.journalSoFar().last?.name == "stop")
    }

    @Test func stopsWhenNobodyComes() throws {
        let server = try Faultserve(["--idle-exit", "300ms"])
        #expect(server.waitForEnd(within: 10) == 0)
    }

    @Test func endsInOrderOnSignals() throws {
        let server = try Faultserve(["--fault", "stall at=10"])
        _ = try server.curl(["-m", "1", "-o", "/dev/null", server.url + "/firmware.bin"])
        #expect(server.stop() == 0)
        let journal = try server.journalSoFar()
        #expect(journal.first?.name == "start")
        #expect(journal.first?["seed"] != nil)
        #expect(journal.last?.name == "stop")
        #expect(journal.last?.text("reason") == "SIGTERM")
        #expect(journal.compactMap { $0.number("seq") } == Array(1...journal.count))
        #expect(server.said.contains("stall on=body at=10: struck once"), "\(server.said)")
    }

    @Test func reusesTheLocalCA() throws {
        let state = try Folder()
        let first = try Faultserve([], state: state)
        let second = try Faultserve([], state: state)
        #expect(first.ca == second.ca)
        let done = try run(
            "curl", ["-sS", "--cacert", first.ca, "-o", "/dev/null", second.url + "/firmware.bin"])
        #expect(done.status == 0, "\(done.errors)")
        let mode = try run(
            "stat",
            [
                "-c", "%a", state.file("state/faultserve"),
                first.ca.replacing("ca_cert", with: "ca_key"),
            ])
        #expect(mode.output == "700\n600\n")
    }

    @Test func servesTheREADMEsPairFromTheRoot() throws {
        let root = try Folder()
        try run(binary, ["cert", "--self-signed", "--host", "127.0.0.1", "--out", root.path])
        try root.write(Data("image".utf8), to: "hello_world.bin")
        let server = try Faultserve(["--root", root.path])
        let done = try run(
            "curl", ["-sS", "--cacert", root.file("ca_cert.pem"), server.url + "/hello_world.bin"])
        #expect(done.output == "image", "\(done.errors)")
        let wrong = try Faultserve(["--root", root.path, "--profile", "bad-cn"])
        let refused = try run(
            "curl", ["-sS", "--cacert", root.file("ca_cert.pem"), wrong.url + "/hello_world.bin"])
        #expect(refused.status == 60, "\(refused.errors)")
    }

    @Test func makesImagesThatSayWhatTheyAre() throws {
        let folder = try Folder()
        let arguments = [
            "image", "make", "--chip", "esp32c3", "--project", "blink", "--version", "3.1.4",
            "--size", "256KiB", "-o", folder.file("i.bin"),
        ]
        #expect(try run(binary, arguments).output.contains("blink 3.1.4 for esp32c3"))
        #expect(try folder.bytes("i.bin").count == 262_144)
        #expect(try run(binary, arguments).status == 64)
        #expect(try run(binary, arguments + ["--force"]).status == 0)
    }

    @Test func showsWhatADeviceNeedsAtTheStart() throws {
        let server = try Faultserve(["--profile", "bad-cn"], host: "192.0.2.6")
        let said = server.said
        #expect(said.contains("https://192.0.2.6:\(server.port)/firmware.bin"))
        #expect(said.contains("ca_cert.pem"))
        #expect(said.contains("IP:192.0.2.6"))
        #expect(said.contains("CONFIG_EXAMPLE_FIRMWARE_UPGRADE_URL"))
    }
}
