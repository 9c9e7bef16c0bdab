import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// The three apps, from the factory's image to a new one.
    @Suite(.timeLimit(.minutes(3))) struct UpdateProgramTests {
        private static let size = 40_000

        private func image(
            _ version: String, directive: Directive = Directive(.pass), secureVersion: UInt32 = 0
        ) throws -> AppImage {
            var recipe = AppImageRecipe(
                project: "app", version: version, secureVersion: secureVersion, size: Self.size)
            recipe.directive = directive
            return try recipe.image()
        }

        @Test(arguments: [
            ("native", "Prepare to restart system!"), ("simple", "OTA Succeed, Rebooting..."),
            ("advanced", "ESP_HTTPS_OTA upgrade successful. Rebooting ..."),
        ])
        func eachAppUpdatesToEachSlot(_ app: String, _ said: String) throws {
            let board = try VirtualBoard(app)
            for (version, slot) in [("2.0.0", "ota_0"), ("3.0.0", "ota_1"), ("4.0.0", "ota_0")] {
                let server = try OTAServer(try self.image(version).bytes)
                let it = try board.run(["--url", server.url + "/image"])
                #expect(it.status == 0 && it.console.contains(said), "\(it.console)")
                #expect(
                    try board.report().suffix(3) == [
                        "boot software", "app \(slot) \(version)", "idle",
                    ])
            }
            // It was confirmed, and so boots again.
            #expect(try board.run().status == 0)
            #expect(try board.report() == ["boot power-on", "app ota_0 4.0.0", "idle"])
        }

        @Test func theAdvancedAppTellsOfItsEvents() throws {
            let server = try OTAServer(try self.image("2.0.0").bytes)
            let it = try VirtualBoard("advanced").run(["--url", server.url + "/image"])
            var rest = it.console[...]
            for line in [
                "IPv4 address: 127.0.0.1", "OTA started", "Connected to server",
                "Reading Image Description", "Verifying chip id of new image: 0",
                "Boot partition updated. Next Partition: 16",
                "Loaded app from partition at offset 0x110000", "App version:      2.0.0",
                "App is valid, rollback cancelled successfully",
            ] {
                let range = try #require(rest.range(of: line), "\(line): \(it.console)")
                rest = rest[range.upperBound...]
            }
        }

        @Test(.covers("first-reset-unconfirmed"))
        func anEntryAtZeroIsACrashAndARollback() throws {
            var image = try self.image("2.0.0")
            image.header.entryAddress = 0
            image.seal()
            let server = try OTAServer(image.bytes)
            let board = try VirtualBoard("simple")
            let it = try board.run(["--url", server.url + "/image"])
            #expect(it.status == 0)
            #expect(it.console.contains("panic'ed (InstrFetchProhibited)"))
            #expect(
                try board.report() == [
                    "boot power-on", "app factory 1.0.0", "boot software", "boot panic",
                    "app factory 1.0.0", "idle",
                ])
            let entry = OTASelectEntry(sequence: 1, state: .aborted)
            #expect(try board.otadata() == OTAData(entry, .blank))
        }

        @Test(
            .covers("first-reset-unconfirmed", "boot-rtc-wdt"),
            arguments: [Directive.Behaviour.crash, .hang])
        func aDirectiveOfTheStartupEndsInARollback(_ behaviour: Directive.Behaviour) throws {
            let directive = Directive(behaviour, phase: .startup, delay: 10)
            let server = try OTAServer(try self.image("2.0.0", directive: directive).bytes)
            let board = try VirtualBoard("simple")
            let it = try board.run(["--url", server.url + "/image", "--wdt-time-ms", "300"])
            #expect(it.status == 0)
            let reset = behaviour == .crash ? "panic" : "watchdog"
            #expect(it.console.contains("rst:0x10 (RTCWDT_RTC_RESET)") == (behaviour == .hang))
            #expect(
                try board.report() == [
                    "boot power-on", "app factory 1.0.0", "boot software", "app ota_0 2.0.0",
                    "boot \(reset)", "app factory 1.0.0", "idle",
                ])
            let entry = OTASelectEntry(sequence: 1, state: .aborted)
            #expect(try board.otadata() == OTAData(entry, .blank))
        }

        @Test(.covers("rollback-disabled")) func withoutRollbackACrashGoesOnForEver() throws {
            let directive = Directive(.crash, phase: .startup)
            let server = try OTAServer(try self.image("2.0.0", directive: directive).bytes)
            let board = try VirtualBoard("simple")
            let it = try board.run([
                "--url", server.url + "/image", "--rollback", "off", "--max-boots", "5",
            ])
            #expect(it.status == 3)
            #expect(try board.report().filter { $0 == "app ota_0 2.0.0" }.count == 4)
            let entry = OTASelectEntry(sequence: 1, state: .undefined)
            #expect(try board.otadata() == OTAData(entry, .blank))
        }

        @Test(.covers("first-selftest-fail"))
        func aFailedSelfTestOfTheNativeAppRollsBack() throws {
            let server = try OTAServer(try self.image("2.0.0").bytes)
            let board = try VirtualBoard("native")
            let words = ["--url", server.url + "/image", "--gpio", "4=0"]
            let it = try board.run(words)
            let lines = it.console.logLines
            #expect(lines.have("E native_ota_example: Diagnostics failed! Start rollback"))
            #expect(lines.have("I esp_ota_ops: Rollback to previously worked partition. Restart."))
            let entry = OTASelectEntry(sequence: 1, state: .invalid)
            #expect(try board.otadata() == OTAData(entry, .blank))
            #expect(
                try board.report().suffix(3) == ["boot software", "app factory 1.0.0", "idle"])
        }

        @Test func aCutUpdateLeavesTheOldAppAndASecondOneSucceeds() throws {
            let server = try OTAServer(try self.image("2.0.0").bytes)
            for operation in [2, 30, 50, 52] {
                let board = try VirtualBoard("simple")
                let words = ["--url", server.url + "/image"]
                let cut = try board.run(words + ["--cut-after", "\(operation):1"])
                #expect(cut.status == 75)
                #expect(try board.run(words).status == 0)
                #expect(try board.report().suffix(2) == ["app ota_0 2.0.0", "idle"])
            }
        }
    }
}
