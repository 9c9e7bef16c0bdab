import FirmwareImage
import Foundation
import Testing

/// A guarded update from faultserve by each shipped profile: it must come to what the profile says of a correct
/// device, or to what is said here, with the reason.
@Suite struct GuardedImageTests {
    /// What a profile expects, from its file.
    struct Expectation {
        let device: String
        let stage: String
        let slot: String
        let version: String
        let covers: [String]

        init(_ profile: String) throws {
            let text = try String(
                contentsOfFile: checkout + "/profiles/\(profile).yaml", encoding: .utf8)
            func find(_ pattern: String) throws -> String? {
                try Regex(pattern).firstMatch(in: text)?.output[1].substring.map(String.init)
            }
            self.device = try #require(try find("\n  device: \\[?([a-z-]+)"))
            self.stage = try #require(try find("stage: ([a-z-]+)"))
            self.slot = try #require(try find("running: .*slot: ([a-z0-9_]+)"))
            self.version = try find("running: .*version: ([0-9.]+)") ?? "2.0.0"
            self.covers =
                try find("covers: \\[(.*)\\]").map {
                    $0.split(separator: ", ").map(String.init)
                } ?? []
        }

        /// Where a guarded update may notice what a correct device notices there.
        private static let stages = [
            "tls": ["connect"], "http": ["http"], "download": ["download"],
            "header": ["header", "download", "verify"], "policy": ["policy"],
            "write": ["http", "header", "write"], "verify": ["header", "verify"],
        ]

        /// The end of a guarded update in those terms.
        func matches(_ run: VirtualBoard.Run) -> Bool {
            let proof = run.report("proof")?["outcome"] as? String
            let outcome =
                switch self.device {
                case "updated", "waiting": run.outcome == "updated" && proof == "new-runs"
                case "rolled-back": run.outcome == "updated" && proof == "old-runs"
                default:
                    ["rejected", "refused"].contains(run.outcome) && proof == nil
                        && Self.stages[self.stage]?.contains(run.stage) == true
                }
            return outcome && run.running == "\(self.slot) \(self.version)"
        }
    }

    /// How a profile is tried.
    struct Trial {
        /// What a guarded update comes to, if not to what the profile expects.
        var end: GuardedEnd?
        /// Of the board.
        var options: [String] = []
        var timeout = GuardedUpdate.receiveTimeout
        /// What `faultserve image make` is told for the image and for the factory's.
        var image: [String] = []
        var factory: [String] = []
        var isSigned = false
        /// In place of the profile: the same with other numbers.
        var fault: String?
    }

    private static let today = String(Date().ISO8601Format().prefix(10))
    private static let notTrusted = GuardedEnd.rejected("verify", "ESP_ERR_OTA_VALIDATE_FAILED")
    private static let noDigest = GuardedEnd.rejected("header", "ESP_ERR_OTA_VALIDATE_FAILED")

    static let trials: [String: Trial] = [
        // It asks again, from the byte on where the connection broke.
        "flip": Trial(end: .updated),
        "truncate": Trial(end: .updated),
        // It takes no image without a SHA-256, and none of another project, unless it is told to.
        "hash-flag-cleared": Trial(end: Self.noDigest),
        "unnoticed-flips": Trial(end: Self.noDigest),
        "other-project": Trial(end: .refused),
        // esp_ota_end and the bootloader disagree; the board's app would not be mapped there.
        "load-address-outside-ram": Trial(end: .rolledBack),
        // What is no larger than the default slot would be no test.
        "first-segment-large": Trial(options: ["--slot-size", "4M"]),
        "delay": Trial(timeout: 1000),
        "hang-at-startup": Trial(options: ["--wdt-time-ms", "300"]),
        "slow-self-test": Trial(fault: "first-boot behaviour=pass after=1s"),
        "expired-cert": Trial(options: ["--have-time", Self.today]),
        "efuse-block-revision": Trial(
            options: ["--chip", "esp32c3"], image: ["--chip", "esp32c3"],
            factory: ["--chip", "esp32c3"]),
        "descriptor-magic-anti-rollback": Trial(options: ["--anti-rollback", "0"]),
        "secure-version-low": Trial(
            options: ["--anti-rollback", "1"], factory: ["--secure-version", "1"]),
        "secure-version-raised": Trial(options: ["--anti-rollback", "0"]),
        "secure-version-too-large": Trial(options: ["--anti-rollback", "0"]),
        "signature-block-crc": Trial(isSigned: true),
        "signature-flipped": Trial(isSigned: true),
        "signature-key-swapped": Trial(isSigned: true),
        "signed-by-another": Trial(isSigned: true),
        "tampered-after-signing": Trial(isSigned: true),
        "unsigned": Trial(isSigned: true),
    ]

    /// Those that have a test of their own below.
    private static let apart = ["rolled-back-version", "never-confirmed", "hang-on-first-boot"]

    /// Those of images, in one step, and a few of transfers; 'faultserve test' has the others.
    static let profiles: [String] = {
        let listed = (try? run(binary, ["list", "faults", "--json"]).output) ?? ""
        let rows = try? JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [[String: Any]]
        let edits = Set(
            (rows ?? []).filter { $0["layer"] as? String == "image" }
                .compactMap { $0["name"] as? String })
        let transfers = [
            "none", "flip", "truncate", "truncate-header", "slow-link", "stalled", "reset",
            "bad-cn", "expired-cert", "server-error", "flaky", "delay", "slice", "wrong-length",
        ]
        let folder = try? FileManager.default.contentsOfDirectory(atPath: checkout + "/profiles")
        return (folder ?? []).filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
            .filter { name in
                if transfers.contains(name) { return true }
                let text =
                    (try? String(
                        contentsOfFile: checkout + "/profiles/\(name).yaml", encoding: .utf8))
                    ?? ""
                let faults = text.matches(of: #/fault: ([a-z-]+)/#).map { String($0.1) }
                return !text.contains("steps:") && !faults.isEmpty
                    && faults.allSatisfy(edits.contains)
            }
            .filter { !Self.apart.contains($0) }.sorted()
    }()

    /// The image and the factory's that most trials take.
    private static let usual = Result {
        (image: try Self.make([]), factory: try Self.make(["--version", "1.0.0"]))
    }

    /// An image of faultserve's, signed or not.
    private static func make(_ words: [String], key: String? = nil) throws -> Data {
        let folder = try Folder()
        func make(_ words: [String]) throws {
            let done = try run(binary, ["image"] + words)
            try #require(done.status == 0, "\(done.errors)")
        }
        try make(["make", "-o", folder.file("plain"), "--size", "131072"] + words)
        guard let key else { return try folder.bytes("plain") }
        try make(["sign", folder.file("plain"), "--key", key, "-o", folder.file("signed")])
        return try folder.bytes("signed")
    }

    /// A board and a server for a trial.
    private struct Setup {
        let board: VirtualBoard
        let server: Faultserve
        /// Of what the server serves.
        private let folder: Folder

        init(_ profile: String, _ trial: Trial = Trial()) throws {
            let folder = try Folder()
            let words = trial.fault.map { ["--fault", $0] } ?? ["--profile", profile]
            let key = trial.isSigned ? folder.file("key.pem") : nil
            if let key {
                let made = try run(binary, ["image", "keygen", "-o", key])
                try #require(made.status == 0, "\(made.errors)")
            }
            let usual = try GuardedImageTests.usual.get()
            let isUsual = trial.image.isEmpty && key == nil
            try folder.write(isUsual ? usual.image : make(trial.image, key: key), to: "app.bin")
            let factory =
                trial.factory.isEmpty && key == nil
                ? usual.factory : try make(["--version", "1.0.0"] + trial.factory, key: key)
            self.server = try Faultserve(words + ["--image", folder.file("app.bin")])
            self.board = try VirtualBoard(factory: factory)
            self.folder = folder
        }

        func update(_ trial: Trial = Trial()) throws -> GuardedUpdate {
            try GuardedUpdate(
                self.board, self.server.url + "/firmware.bin", ca: self.server.ca,
                timeout: trial.timeout, trial.options + (trial.isSigned ? ["--signed"] : []))
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: profiles)
    func anImageIsTakenOrRefusedAsItsProfileSays(profile: String) throws {
        let trial = Self.trials[profile] ?? Trial()
        let expectation = try Expectation(profile)
        let update = try Setup(profile, trial).update(trial)
        if let end = trial.end {
            update.expect(end)
            #expect(!expectation.matches(update.run), "it is no exception any more")
        } else {
            #expect(
                expectation.matches(update.run),
                "\(update.run.console)")
            #expect(update.milliseconds.map { $0 <= update.mostTime } == true)
        }
    }
    /// What did not last is not installed again, whoever offers it.
    @Test(.timeLimit(.minutes(5)), arguments: ["guarded", "advanced"])
    func aVersionThatWasRolledBackIsRefused(first: String) throws {
        let setup = try Setup("rolled-back-version")
        let lines = ["method \(first)", setup.server.url + "/firmware.bin"]
        let run = try setup.board.type(lines, ca: setup.server.ca)
        #expect(run.outcome == "updated" && run.running == "factory 1.0.0", "\(run.console)")
        for _ in 1...2 { try setup.update().expect(.refused) }
        // Another version is taken, and the refusal outlives it.
        let other = try Setup("none")
        try GuardedUpdate(setup.board, other.server.url + "/firmware.bin", ca: other.server.ca)
            .expect(.updated)
        try setup.update().expect(.refused, old: "ota_0 2.0.0")
    }

    /// It takes no update before it is confirmed, and after a loss of power the old app is back. That may be
    /// tried three times: a crash is the app's fault, a loss of power perhaps not.
    @Test(.timeLimit(.minutes(5)))
    func aVersionThatIsLostWithThePowerMayBeTriedThreeTimes() throws {
        let setup = try Setup("never-confirmed")
        let other = try UpdateServer.shared.get()
        let url = setup.server.url + "/firmware.bin"
        for attempt in 1...3 {
            let run = try setup.board.type(
                ["method guarded", url, "method guarded", other.url + "honest"],
                ca: setup.server.ca)
            #expect(run.status == 0 && run.running == "ota_0 2.0.0", "\(run.console)")
            #expect(
                [run.outcome, run.stage, run.error] == [
                    "rejected", "precondition", "ESP_ERR_OTA_ROLLBACK_INVALID_STATE",
                ], "\(attempt): \(run.console)")
        }
        let run = try setup.board.type(["method guarded", url], ca: setup.server.ca)
        #expect(run.report("proof")?["outcome"] as? String == "old-runs", "\(run.console)")
        #expect(run.outcome == "refused" && run.running == "factory 1.0.0", "\(run.console)")
    }

    @Test(.timeLimit(.minutes(5)))
    func anAppThatIsConfirmedTakesTheNextUpdate() throws {
        let setup = try Setup("never-confirmed")
        let next = try Setup("none", Trial(image: ["--version", "3.0.0"]))
        let run = try setup.board.type(
            ["method guarded", setup.server.url + "/firmware.bin", "confirm"], ca: setup.server.ca)
        #expect(run.running == "ota_0 2.0.0", "\(run.console)")
        try GuardedUpdate(setup.board, next.server.url + "/firmware.bin", ca: next.server.ca)
            .expect(.updated("3.0.0"), slot: "ota_1")
    }

    /// Without a watchdog that resets, nothing ends it but somebody who switches it off.
    @Test(.timeLimit(.minutes(5)))
    func anAppThatHangsIsGoneWithTheNextReset() throws {
        let setup = try Setup("hang-on-first-boot")
        let hung = try setup.board.type(
            ["method guarded", setup.server.url + "/firmware.bin"], ca: setup.server.ca,
            stoppedAfter: 4)
        #expect(hung.status == 124 && hung.running == "ota_0 2.0.0", "\(hung.console)")
        let run = try setup.board.type(["status"], ca: setup.server.ca)
        #expect(run.report("proof")?["outcome"] as? String == "old-runs", "\(run.console)")
        #expect(run.running == "factory 1.0.0", "\(run.console)")
    }

    struct Policy: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let profile: String
        let option: String
        let end: GuardedEnd
    }

    /// What Kconfig has of the policies.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            Policy(
                testDescription: "an older version", profile: "older-version",
                option: "APP_OTA_REFUSE_OLDER_VERSION=1", end: .refused),
            Policy(
                testDescription: "a newer version", profile: "none",
                option: "APP_OTA_REFUSE_OLDER_VERSION=1", end: .updated),
            Policy(
                testDescription: "another project", profile: "other-project",
                option: "APP_OTA_ALLOW_OTHER_PROJECT=1", end: .updated),
        ])
    func policiesAreChosenInTheBuild(policy: Policy) throws {
        try Setup(policy.profile).update(Trial(options: ["--kconfig", policy.option]))
            .expect(policy.end)
    }

    /// 1.10 is newer than 1.9, though not by its letters.
    @Test(.timeLimit(.minutes(5)), arguments: [("1.10.0", false), ("1.9.9", true), ("v1.9", true)])
    func versionsAreComparedByTheirNumbers(version: String, isOlder: Bool) throws {
        let trial = Trial(
            options: ["--kconfig", "APP_OTA_REFUSE_OLDER_VERSION=1"],
            image: ["--version", version], factory: ["--version", "1.9.10"])
        try Setup("none", trial).update(trial).expect(
            isOlder ? .refused : .updated(version), old: "factory 1.9.10")
    }

    /// The trusted key is that of the running app's own signature.
    @Test(.timeLimit(.minutes(5)))
    func aSignedBuildThatIsNotSignedItselfTrustsNothing() throws {
        try Setup("none").update(Trial(options: ["--signed"])).expect(Self.notTrusted)
        let trial = Trial(isSigned: true)
        try Setup("none", trial).update(trial).expect(.updated)
    }

    /// A digest from elsewhere protects an image that has none of its own.
    @Test(.timeLimit(.minutes(5)))
    func anImageWithoutASHA256IsTakenByItsManifest() throws {
        let server = try UpdateServer(image: ["--set", "header.hash_appended=0"])
        let board = try VirtualBoard()
        try GuardedUpdate(board, server.url + "honest", ca: server.ca).expect(Self.noDigest)
        try GuardedUpdate(
            board, server.url + "honest", ca: server.ca, typing: ["manifest \(server.url)manifest"]
        ).expect(.updated)
    }

    /// What is refused by its first bytes leaves the slot as it was: it may be the way back.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "same-version", "other-project", "wrong-chip", "wrong-magic", "descriptor-magic",
            "hash-flag-cleared", "web-page", "oversize-file", "cut-600", "segment-length-huge",
        ])
    func whatIsRefusedByItsFirstBytesCostsNoFlashOperation(profile: String) throws {
        let update = try Setup(profile).update(Trial(options: ["--trace"]))
        #expect(["rejected", "refused"].contains(update.run.outcome), "\(update.run.console)")
        #expect(update.run.operations(in: 0x11_0000..<0x31_0000) == 0, "\(update.run.console)")
    }

    /// An update's flash operations: 38 of the slot, among them two for progress in NVS, one for what is
    /// expected, and otadata.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            (3, "write"), (11, "write"), (19, "write"), (27, "write"), (36, "write"),
            (43, "set-boot"),
        ])
    func aFlashThatFailsIsSaidTo(operation: Int, stage: String) throws {
        let server = try UpdateServer.shared.get()
        try GuardedUpdate(
            VirtualBoard(), server.url + "honest", ca: server.ca, ["--fail-at", "\(operation)"]
        ).expect(.rejected(stage, "ESP_ERR_FLASH_OP_FAIL"))
    }
}
