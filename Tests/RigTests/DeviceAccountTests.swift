import FaultServer
import Testing

@testable import Rig

/// What a device's console says, and what is made of it.
@Suite struct DeviceAccountTests {
    /// A boot log up to the app, as the bootloader and the app write it.
    static func boot(
        _ slot: String, _ version: String, state: String = "VALID", selfTest: String? = nil,
        isReady: Bool = true
    ) -> [String] {
        let offset = ["factory": "10000", "ota_0": "110000", "ota_1": "210000"][slot]!
        return [
            "I (0) boot: ESP-IDF v5.3.2 2nd stage bootloader",
            "I (0) boot:  3 factory          factory app      00 00 00010000 00100000",
            "I (0) boot:  4 ota_0            OTA app          00 10 00110000 00100000",
            "I (0) boot:  5 ota_1            OTA app          00 11 00210000 00100000",
            "I (1) boot: Loaded app from partition at offset 0x\(offset)",
            "I (2) app_init: App version:      \(version)",
            "OTA-REPORT {\"event\":\"boot\",\"slot\":\"\(slot)\",\"state\":\"\(state)\"}",
        ]
            + (selfTest.map {
                ["OTA-REPORT {\"event\":\"self-test\",\"outcome\":\"\($0)\",\"state\":\"VALID\"}"]
            } ?? []) + (isReady ? ["ready: a URL, or 'help'"] : [])
    }

    static let updated =
        "OTA-REPORT {\"event\":\"update\",\"outcome\":\"updated\",\"stage\":\"set-boot\"}"

    static func refused(_ stage: String) -> String {
        "OTA-REPORT {\"event\":\"update\",\"outcome\":\"rejected\",\"stage\":\"\(stage)\","
            + "\"error\":\"ESP_FAIL\"}"
    }

    private static let new = Self.boot(
        "ota_0", "2.0.0", state: "PENDING_VERIFY", selfTest: "pass")

    /// Feeds a console from the moment on at which the factory app takes a URL.
    private func account(_ lines: [String], as dialect: Dialect = .faultserve) -> DeviceAccount {
        var account = DeviceAccount()
        for line in Self.boot("factory", "1.0.0", state: "UNDEFINED") {
            if let seen = Dialect.faultserve.read(line) { account.note(seen) }
        }
        account.begin()
        for line in lines { if let seen = dialect.read(line) { account.note(seen) } }
        return account
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let lines: [String]
        let outcome: FaultServer.Expectation.Device
        let stage: Stage?
        var isSettled = true
    }

    static let cases: [Case] = [
        Case(
            testDescription: "says nothing", lines: [], outcome: .waiting, stage: nil,
            isSettled: false),
        Case(
            testDescription: "updates and confirms", lines: [updated] + new, outcome: .updated,
            stage: .confirm),
        Case(
            testDescription: "refuses", lines: [refused("verify")], outcome: .rejected,
            stage: .verify),
        Case(
            testDescription:
                "refuses the certificate, and knows no more than that it cannot connect",
            lines: [
                "E (9) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700",
                "E (9) esp-tls: Failed to open new connection", refused("connect"),
            ], outcome: .rejected, stage: .tls),
        Case(
            testDescription: "tries again, and fails otherwise",
            lines: [
                "E (9) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700",
                "W (9) guarded_ota: again in 100 ms", refused("download"),
            ], outcome: .rejected, stage: .download),
        Case(
            testDescription: "succeeds, and the old app boots",
            lines: [updated] + boot("factory", "1.0.0"),
            outcome: .unchanged, stage: .setBoot),
        Case(
            testDescription: "succeeds, and the bootloader passes over it",
            lines: [updated, "E (1) boot: OTA app partition slot 0 is not bootable"]
                + boot("factory", "1.0.0"), outcome: .rejected, stage: .boot),
        Case(
            testDescription: "fails its self-test",
            lines: [updated]
                + boot("ota_0", "2.0.0", state: "PENDING_VERIFY", selfTest: "fail", isReady: false)
                + boot("factory", "1.0.0"), outcome: .rolledBack, stage: .selfTest),
        Case(
            testDescription: "crashes before the app says a word",
            lines: [updated] + boot("ota_0", "2.0.0", isReady: false).prefix(5)
                + ["Guru Meditation Error: Core  0 panic'ed (LoadProhibited)."]
                + boot("factory", "1.0.0"), outcome: .rolledBack, stage: .boot),
        Case(
            testDescription: "never confirms",
            lines: [updated] + boot("ota_0", "2.0.0", state: "PENDING_VERIFY"), outcome: .waiting,
            stage: .confirm),
        Case(
            testDescription: "hangs in its first boot",
            lines: [updated] + boot("ota_0", "2.0.0", state: "PENDING_VERIFY", isReady: false),
            outcome: .waiting, stage: .selfTest, isSettled: false),
        Case(
            testDescription: "panics in the update",
            lines: ["assert failed: esp_ota_end"] + boot("factory", "1.0.0"), outcome: .unchanged,
            stage: nil),
        Case(
            testDescription: "boots nothing any more",
            lines: [updated, "E (1) boot: No bootable app partitions in the partition table"],
            outcome: .unbootable, stage: .boot),
        Case(
            testDescription: "crashes ten times before the app says a word",
            lines: [updated] + loop(10), outcome: .bootLoop, stage: .boot),
        Case(
            testDescription: "crashes ten times in its self-test",
            lines: [updated] + loop(10, state: "UNDEFINED"), outcome: .bootLoop, stage: .selfTest),
        Case(
            testDescription: "comes up at the tenth time",
            lines: [updated] + loop(9) + boot("ota_0", "2.0.0", state: "VALID", selfTest: "pass"),
            outcome: .updated, stage: .confirm),
    ]

    private static func loop(_ count: Int, state: String? = nil) -> [String] {
        let lines = boot("ota_0", "2.0.0", state: state ?? "", isReady: false)
        let life = state == nil ? lines.dropLast() : lines[...]
        return (0..<count).flatMap { _ in life }
    }

    @Test(arguments: cases) func whatRunsCountsAndNotWhatIsSaid(_ test: Case) {
        let account = self.account(test.lines)
        #expect(account.outcome == test.outcome)
        #expect(account.stage == test.stage)
        #expect(account.isSettled == test.isSettled)
    }

    @Test(
        arguments: [
            (Dialect.native, "Prepare to restart system!", true, nil),
            (
                .native, "I (9) native_ota_example: New version is the same as invalid version.",
                false, .policy
            ),
            (
                .native, "E (9) native_ota_example: Image validation failed, image is corrupted",
                false, .verify
            ),
            (.simple, "I (9) simple_ota_example: OTA Succeed, Rebooting...", true, nil),
            (.simple, "E (9) simple_ota_example: Firmware upgrade failed", false, nil),
            (
                .advanced,
                "I (9) advanced_https_ota_example: ESP_HTTPS_OTA upgrade successful. Rebooting ...",
                true, nil
            ),
            (
                .advanced, "E (9) advanced_https_ota_example: ESP HTTPS OTA Begin failed", false,
                .http
            ),
        ] as [(Dialect, String, Bool, Stage?)])
    func espIDFsExamplesAreUnderstood(
        dialect: Dialect, line: String, isDone: Bool, stage: Stage?
    ) {
        let account = self.account([line], as: dialect)
        #expect(account.ending?.isDone == isDone)
        if !isDone { #expect(account.stage == stage) }
    }

    @Test func aSimpleExampleIsJudgedByESPIDFsOwnLog() {
        let account = self.account(
            [
                "E (9) esp_https_ota: Server error (503)",
                "E (9) simple_ota_example: Firmware upgrade failed",
            ], as: .simple)
        #expect(account.outcome == .rejected && account.stage == .http)
    }
}
