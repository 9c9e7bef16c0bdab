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

        @Test func theSameVersionIsRefusedByTheAdvancedApp() throws {
            let image = try self.image("2.0.0")
            let board = try VirtualBoard("advanced")
            let factory = try board.write(image.bytes, to: "factory")
            let server = try OTAServer(image.bytes)
            let it = try board.run(["--factory", factory, "--url", server.url + "/image"])
            #expect(it.console.contains("Current running version is the same as a new."))
            #expect(try board.report() == ["boot power-on", "app factory 2.0.0", "idle"])
        }

        @Test func anEntryAtZeroIsACrashAndARollback() throws {
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
        }

        @Test(arguments: [Directive.Behaviour.crash, .hang])
        func aDirectiveOfTheStartupEndsInARollback(_ behaviour: Directive.Behaviour) throws {
            let directive = Directive(behaviour, phase: .startup, delay: 10)
            let server = try OTAServer(try self.image("2.0.0", directive: directive).bytes)
            let board = try VirtualBoard("simple")
            let it = try board.run(["--url", server.url + "/image", "--wdt-time-ms", "300"])
            #expect(it.status == 0)
            let reset = behaviour == .crash ? "panic" : "watchdog"
            #expect(
                try board.report() == [
                    "boot power-on", "app factory 1.0.0", "boot software", "app ota_0 2.0.0",
                    "boot \(reset)", "app factory 1.0.0", "idle",
                ])
        }

        @Test func withoutRollbackACrashGoesOnForEver() throws {
            let directive = Directive(.crash, phase: .startup)
            let server = try OTAServer(try self.image("2.0.0", directive: directive).bytes)
            let board = try VirtualBoard("simple")
            let it = try board.run([
                "--url", server.url + "/image", "--rollback", "off", "--max-boots", "5",
            ])
            #expect(it.status == 3)
            #expect(try board.report().filter { $0 == "app ota_0 2.0.0" }.count == 4)
        }

        @Test func aFailedSelfTestOfTheNativeAppRollsBack() throws {
            let server = try OTAServer(try self.image("2.0.0").bytes)
            let board = try VirtualBoard("native")
            let words = ["--url", server.url + "/image", "--gpio", "4=0"]
            let it = try board.run(words)
            #expect(it.console.contains("Diagnostics failed! Start rollback"))
            #expect(it.console.contains("Rollback to previously worked partition. Restart."))
            #expect(
                try board.report().suffix(3) == ["boot software", "app factory 1.0.0", "idle"])
        }

        @Test func antiRollbackRefusesAnOlderSecureVersion() throws {
            let board = try VirtualBoard("advanced")
            let factory = try board.write(
                try self.image("1.0.0", secureVersion: 1).bytes, to: "factory")
            let server = try OTAServer(try self.image("2.0.0").bytes)
            let it = try board.run([
                "--anti-rollback", "1", "--factory", factory, "--url", server.url + "/image",
            ])
            #expect(
                it.console.contains(
                    "New firmware security version is less than eFuse programmed, 0 < 1"))
            #expect(try board.report() == ["boot power-on", "app ota_0 1.0.0", "idle"])
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
