import Foundation
import Testing

/// `faultserve test` on a serial line.
@Suite struct SerialTests {
    struct Result: Decodable {
        struct Line: Decodable { let text: String }

        let profile: String
        let verdict: String
        let outcome: String
        let reason: String?
        let slot: String?
        let transcript: [Line]
    }

    static func test(
        _ words: [String], on device: String, in folder: Folder, within seconds: Double = 100
    ) throws -> (done: Finished, results: [Result]) {
        let done = try run(
            binary,
            ["test", "--json", folder.file("json"), "--device", device] + words,
            within: seconds, environment: ["XDG_STATE_HOME": folder.file("state")])
        let results = (try? folder.bytes("json")).flatMap {
            try? JSONDecoder().decode([Result].self, from: $0)
        }
        return (done, results ?? [])
    }

    private static let host = ["--host", "127.0.0.1"]

    @Test(.timeLimit(.minutes(3)))
    func aBoardOnALineIsJudgedRunAfterRun() throws {
        let folder = try Folder()
        let line = try SerialLine.board(in: folder)
        let (done, results) = try Self.test(
            [
                "none", "truncate", "rolled-back-version", "none", "same-version", "reset",
                "unsigned", "--method", "guarded",
            ] + Self.host, on: "serial:\(line.path)@921600", in: folder)
        #expect(
            results.map(\.verdict) == Array(repeating: "passed", count: 6) + ["void"],
            "\(done.output)")
        #expect(results.last?.reason?.contains("signed images only") == true)
        // It goes on from where the run before has left it.
        #expect(Set(results.dropLast().map(\.slot)).isSubset(of: ["ota_0", "ota_1"]))
    }

    // MARK: Lines that are not a board's

    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            // Nothing at all; garbage without an end of a line; lines without an end; reset after reset.
            ["sleep", "600"], ["cat", "/dev/zero"], ["cat", "/dev/urandom"], ["yes"],
            ["sh", "-c", "while :; do echo 'I (5) boot: ESP-IDF v5.3.2 2nd stage'; done"],
        ])
    func aLineOnWhichNoBoardAnswersProvesNothing(command: [String]) throws {
        let folder = try Folder()
        let line = try SerialLine(command, in: folder)
        let began = ContinuousClock.now
        let (done, results) = try Self.test(
            ["none", "--method", "native", "--wake-time", "2s"] + Self.host,
            on: "serial:\(line.path)", in: folder)
        #expect(done.status == 1 && results.map(\.verdict) == ["void"], "\(done.output)")
        #expect(results.first?.reason?.contains("did not come so far as to take a URL") == true)
        #expect(ContinuousClock.now - began < .seconds(30))
        #expect((results.first?.transcript.count ?? 0) <= 4_000)
    }

    @Test(
        .timeLimit(.minutes(2)),
        arguments: ["cat /dev/zero", "cat /dev/urandom", "yes", "sleep 600"])
    func aCommandThatBabblesProvesNothing(command: String) throws {
        let folder = try Folder()
        let began = ContinuousClock.now
        let (done, results) = try Self.test(
            ["none", "--method", "native", "--wake-time", "2s"], on: "exec:\(command)", in: folder)
        #expect(done.status == 1 && results.map(\.verdict) == ["void"], "\(done.output)")
        #expect(results.first?.reason?.contains("did not come so far as to take a URL") == true)
        #expect(ContinuousClock.now - began < .seconds(60))
    }

    @Test(.timeLimit(.minutes(2)))
    func aLineThatIsPulledAwayProvesNothing() throws {
        let folder = try Folder()
        let line = try SerialLine(["sh", "-c", "echo here; sleep 600"], in: folder)
        let child = try Child(
            binary,
            [
                "test", "none", "--method", "native", "--host", "127.0.0.1", "--device",
                "serial:\(line.path)", "--json", folder.file("json"),
            ], environment: ["XDG_STATE_HOME": folder.file("state")], input: "/dev/null",
            output: folder.file("out"), errors: folder.file("err"))
        // Nobody else can have it meanwhile.
        let lock = "import fcntl, sys; fcntl.flock(open(sys.argv[1], 'rb+', 0), 6)"
        let deadline = Date(timeIntervalSinceNow: 30)
        while Date() < deadline, try run("python3", ["-c", lock, line.path]).status == 0 {}
        let (busy, _) = try Self.test(
            ["none"] + Self.host, on: "serial:\(line.path)", in: folder)
        #expect(busy.status == 69 && busy.errors.contains("end the program that has it"))
        line.takeAway()
        #expect(child.wait(within: 30) == 1)
        let results = try JSONDecoder().decode([Result].self, from: folder.bytes("json"))
        #expect(results.map(\.verdict) == ["void"])
        #expect(results.first?.reason?.contains("was unplugged") == true, "\(results)")
    }

    /// What tells that the image is being written.
    @Test(.timeLimit(.minutes(2)))
    func aLineThatIsPulledAwayInTheMiddleOfAnUpdateProvesNothing() throws {
        let folder = try Folder()
        let line = try SerialLine.board(in: folder, until: "guarded: download: ")
        let began = ContinuousClock.now
        let (done, results) = try Self.test(
            ["slow-link", "--method", "guarded"] + Self.host, on: "serial:\(line.path)", in: folder)
        #expect(done.status == 1 && results.map(\.verdict) == ["void"], "\(done.output)")
        #expect(results.first?.reason?.contains("was unplugged") == true, "\(results)")
        #expect(
            results.first?.transcript.contains { $0.text.contains("GET /firmware.bin") } == true)
        #expect(ContinuousClock.now - began < .seconds(30))
    }

    @Test(.timeLimit(.minutes(3)))
    func aBoardThatRebootsForEverBehindAnUpdateIsAnOutcome() throws {
        let folder = try Folder()
        let line = try SerialLine.board(in: folder, options: ["--rollback", "off"])
        let (done, results) = try Self.test(
            ["crash-at-startup", "--method", "guarded"] + Self.host,
            on: "serial:\(line.path)@921600", in: folder, within: 150)
        #expect(done.status == 1 && results.map(\.verdict) == ["failed"], "\(done.output)")
        #expect(results.map(\.outcome) == ["boot-loop"])
    }

    // MARK: Words

    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            ("serial:/dev/no-such-line", host, 69, "is the board plugged in?"),
            ("serial:/dev/null", host, 69, "no serial line"),
            ("serial:/dev/no-such-line", [], 64, "say with --host"),
            ("serial:/dev/no-such-line", host + ["--jobs", "2"], 64, "one run at a time"),
            ("serial:ttyUSB0", host, 64, "as in serial:/dev/ttyUSB0"),
            ("serial:/dev/ttyUSB0@1", host, 64, "choose among 9600"),
        ])
    func wrongWordsAreSaid(device: String, words: [String], status: Int32, said: String) throws {
        let (done, results) = try Self.test(["none"] + words, on: device, in: Folder())
        #expect(done.status == status && results.isEmpty)
        #expect(done.errors.contains(said), "\(done.errors)")
    }

    @Test(.timeLimit(.minutes(2)))
    func anImageOfAnotherVersionIsRefusedWithTheRemedy() throws {
        let folder = try Folder()
        let made = try run(binary, ["image", "make", "-o", folder.file("app"), "--version", "3.1"])
        try #require(made.status == 0, "\(made.errors)")
        let (done, _) = try Self.test(
            ["none", "--image", folder.file("app")] + Self.host, on: "serial:/dev/ptmx", in: folder)
        #expect(done.status == 65)
        #expect(done.errors.contains("--set app.version=2.0.0"), "\(done.errors)")
    }
}
