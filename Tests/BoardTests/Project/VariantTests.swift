import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// The project's app as each of its sdkconfig files has it.
    @Suite(.timeLimit(.minutes(10))) struct VariantTests {
        /// The app, built with the project's defaults and with what is said besides.
        private static func build(_ variant: String?, _ more: String = "") throws -> VirtualBoard {
            let make = try Make()
            let own = try make.write(more, to: "own")
            let names = ["sdkconfig.defaults"] + (variant.map { ["sdkconfig.ci.\($0)"] } ?? [])
            let files = names.map { "\(Make.firmware)/\($0)" } + [own]
            let built = try make.run(
                "APP=\(Make.firmware)", "CONFIG=\(files.joined(separator: " "))",
                "OUT=\(make.program)", "CFLAGS=-O0 -Wall")
            try #require(built.status == 0, "\(built.output)")
            return try VirtualBoard(program: make.program)
        }

        private static func image(
            _ version: String, directive: Directive = Directive(.pass), secureVersion: UInt32 = 0
        ) throws -> AppImage {
            var recipe = AppImageRecipe(
                project: "app", version: version, secureVersion: secureVersion, size: 40_000)
            recipe.directive = directive
            return try recipe.image()
        }

        @Test func byDefaultAHangInTheSelfTestEndsInARollback() throws {
            let board = try Self.build(nil, "CONFIG_ESP_TASK_WDT_TIMEOUT_S=1\n")
            let image = try Self.image("2.0.0", directive: Directive(.hang))
            let server = try OTAServer(image.bytes)
            let it = try board.run(["--url", server.url + "/image"])
            #expect(it.console.contains("task_wdt: Aborting."))
            #expect(
                try board.report().suffix(4) == [
                    "app ota_0 2.0.0", "boot task-watchdog", "app factory 1.0.0", "idle",
                ])
        }

        @Test(arguments: ["simple", "advanced"])
        func partialDownloadAsksForRanges(_ method: String) throws {
            let board = try Self.build("partial_download")
            let server = try OTAServer(try Self.image("2.0.0").bytes)
            let words = ["--method", method, "--url", server.url + "/range"]
            #expect(try board.run(words).status == 0)
            #expect(try board.report().suffix(2) == ["app ota_0 2.0.0", "idle"])
            #expect(
                server.requests == [
                    "HEAD /range -", "GET /range bytes=0-16383", "GET /range bytes=16384-32767",
                    "GET /range bytes=32768-",
                ])
        }

        @Test func antiRollbackRefusesALowerSecureVersionAndBurnsAHigherOne() throws {
            let board = try Self.build("anti_rollback")
            let factory = try board.write(
                try Self.image("1.0.0", secureVersion: 1).bytes, to: "factory")
            let lower = try OTAServer(try Self.image("2.0.0").bytes)
            let refused = try board.run([
                "--factory", factory, "--anti-rollback", "1", "--url", lower.url + "/image",
            ])
            #expect(refused.console.contains("less than eFuse programmed, 0 < 1"))
            #expect(refused.console.contains("\"outcome\":\"refused\",\"stage\":\"policy\""))
            let higher = try OTAServer(try Self.image("3.0.0", secureVersion: 2).bytes)
            #expect(try board.run(["--url", higher.url + "/image"]).status == 0)
            #expect(try board.report().suffix(2) == ["app ota_1 3.0.0", "idle"])
            let burnt = try Data(contentsOf: URL(filePath: board.file("flash.efuse")))
            #expect(burnt.first.map { $0.nonzeroBitCount } == 2)
        }

        @Test func withoutRollbackNoAppHasToConfirmItself() throws {
            let board = try Self.build("rollback_off")
            let image = try Self.image("2.0.0", directive: Directive(.failSelfTest))
            let server = try OTAServer(image.bytes)
            let it = try board.run(["--url", server.url + "/image"])
            #expect(it.console.contains("\"slot\":\"ota_0\",\"state\":\"UNDEFINED\""))
            #expect(try board.report().suffix(2) == ["app ota_0 2.0.0", "idle"])
        }

        @Test func signedUpdatesRefusesAnImageThatIsNot() throws {
            let board = try Self.build("signed_updates")
            let server = try OTAServer(try Self.image("2.0.0").bytes)
            let it = try board.run(["--url", server.url + "/image"])
            #expect(it.console.contains("Secure boot signature verification failed"))
            #expect(it.console.contains("\"code\":\"0x1503\""))
            #expect(try board.report() == ["boot power-on", "app factory 1.0.0", "idle"])
        }

        @Test(arguments: [
            ("", "outcome\":\"refused"),
            ("CONFIG_APP_OTA_ALLOW_SAME_VERSION=y", "outcome\":\"updated"),
        ])
        func theSameVersionIsTakenIfKconfigSaysSo(_ line: String, _ said: String) throws {
            let board = try Self.build(nil, line + "\n")
            let server = try OTAServer(try Self.image("1.0.0").bytes)
            let it = try board.run(["--method", "native", "--url", server.url + "/image"])
            #expect(it.console.contains(said))
        }

        @Test(arguments: [
            ("", "outcome\":\"refused"),
            ("CONFIG_APP_OTA_ALLOW_ROLLED_BACK_VERSION=y", "outcome\":\"updated"),
        ])
        func aVersionThatWasRolledBackIsTakenIfKconfigSaysSo(_ line: String, _ said: String) throws
        {
            let board = try Self.build(nil, line + "\n")
            let image = try Self.image("2.0.0", directive: Directive(.failSelfTest))
            let server = try OTAServer(image.bytes)
            let words = ["--method", "advanced", "--url", server.url + "/image"]
            #expect(try board.run(words).console.contains("Start rollback"))
            #expect(try board.run(words + ["--max-boots", "2"]).console.contains(said))
        }

        @Test func methodURLAndTimeoutOfTheBootAreKconfigs() throws {
            let server = try OTAServer(try Self.image("2.0.0").bytes)
            let board = try Self.build(
                nil,
                """
                CONFIG_APP_OTA_URL="\(server.url)/image"
                CONFIG_APP_OTA_METHOD_NATIVE=y
                # CONFIG_APP_OTA_METHOD_ADVANCED is not set

                """)
            let it = try board.run(["--max-boots", "1"])
            #expect(it.console.contains("console: update by native from \(server.url)/image"))
        }
    }
}
