import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// What ESP-IDF's example apps take, and what they do not.
    @Suite(.timeLimit(.minutes(3))) struct PolicyTests {
        private static func image(
            _ version: String, project: String = "app", secureVersion: UInt32 = 0
        ) -> AppImage {
            // The recipe meets its limits.
            try! AppImageRecipe(
                project: project, version: version, secureVersion: secureVersion, size: 8192
            ).image()
        }

        /// A board whose flash is as a test has it, and a server of what it is offered.
        private func offer(
            _ image: AppImage, to app: String, _ flash: FlashFile
        ) throws -> (VirtualBoard, OTAServer) {
            let board = try VirtualBoard(app)
            try board.solder(flash)
            return (board, try OTAServer(image.bytes))
        }

        private func expectNothing(
            of board: VirtualBoard, written flash: FlashFile,
            _ location: SourceLocation = #_sourceLocation
        ) throws {
            let left = try Data(contentsOf: URL(filePath: board.file("flash")))
            // All but NVS, which the app is free to use.
            #expect(
                left.dropFirst(0xD000) == Data(flash.bytes.dropFirst(0xD000)),
                sourceLocation: location)
        }

        /// The native app waits for ever, and the advanced one gives the update up.
        @Test(.covers("policy-same-version"), arguments: ["native", "advanced"])
        func theVersionThatRunsIsNotTaken(app: String) throws {
            let flash = FlashFile(apps: Self.image("2.0.0").bytes)
            let (board, server) = try self.offer(Self.image("2.0.0"), to: app, flash)
            let said = "Current running version is the same as a new."
            let words = ["--url", server.url + "/image"]
            let it =
                app == "native"
                ? try board.run(words, until: said) : try board.run(words)
            let lines = it.console.logLines
            let tag = app == "native" ? "native_ota_example" : "advanced_https_ota_example"
            #expect(lines.have("W \(tag): \(said)"), "\(it.console)")
            #expect(
                lines.errors
                    == (app == "native"
                        ? []
                        : [
                            "E \(tag): image header verification failed",
                            "E \(tag): ESP_HTTPS_OTA upgrade failed",
                        ]))
            try self.expectNothing(of: board, written: flash)
        }

        @Test(.covers("policy-last-invalid"), arguments: [OTASelectEntry.State.invalid, .aborted])
        func theNativeAppDoesNotTakeWhatWasRolledBack(state: OTASelectEntry.State) throws {
            let otadata = OTAData(OTASelectEntry(sequence: 1, state: state), .blank)
            var flash = FlashFile(otadata: otadata, apps: Self.image("1.0.0").bytes)
            let offered = Self.image("2.0.0")
            flash.write(offered.bytes, at: Fixture.slots[0])
            let (board, server) = try self.offer(offered, to: "native", flash)
            let said = "New version is the same as invalid version."
            let it = try board.run(["--url", server.url + "/image"], until: said)
            let lines = it.console.logLines
            #expect(lines.have("W native_ota_example: \(said)"))
            #expect(lines.have("I native_ota_example: Last invalid firmware version: 2.0.0"))
            #expect(lines.errors == [])
            try self.expectNothing(of: board, written: flash)

            // It looks at the version, which another image may share, and at no other's.
            flash.write(Self.image("1.9.9").bytes, at: Fixture.slots[0])
            try board.solder(flash)
            #expect(try board.run(["--url", server.url + "/image"]).status == 0)
            #expect(try board.report().suffix(2) == ["app ota_0 2.0.0", "idle"])
        }

        @Test(.covers("policy-secure-version"))
        func theAdvancedAppDoesNotTakeALowerSecureVersion() throws {
            let otadata = OTAData(OTASelectEntry(sequence: 1, state: .valid), .blank)
            let flash = FlashFile(
                table: Fixture.noFactory.bytes, otadata: otadata,
                apps: Self.image("1.0.0", secureVersion: 1).bytes)
            let (board, server) = try self.offer(Self.image("2.0.0"), to: "advanced", flash)
            let it = try board.run(["--anti-rollback", "1", "--url", server.url + "/image"])
            let tag = "advanced_https_ota_example"
            let lines = it.console.logLines
            #expect(
                lines.have(
                    "W \(tag): New firmware security version is less than eFuse programmed, 0 < 1"))
            #expect(
                lines.errors == [
                    "E \(tag): image header verification failed",
                    "E \(tag): ESP_HTTPS_OTA upgrade failed",
                ])
            #expect(try board.report() == ["boot power-on", "app ota_0 1.0.0", "idle"])
            try self.expectNothing(of: board, written: flash)
        }

        @Test(
            .covers("policy-none-project", "policy-none-downgrade"),
            arguments: ["native", "simple", "advanced"])
        func anOlderVersionOfAnotherProjectIsTaken(app: String) throws {
            let flash = FlashFile(apps: Self.image("3.0.0").bytes)
            let offered = Self.image("1.0.0", project: "other")
            let (board, server) = try self.offer(offered, to: app, flash)
            let it = try board.run(["--url", server.url + "/image"])
            #expect(it.status == 0)
            let lines = it.console.logLines
            // One of them confirms itself in the factory, too.
            let errors = lines.errors.filter { $0 != "E esp_ota_ops: Running firmware is factory" }
            #expect(errors == [] && !lines.have("W "), "\(it.console)")
            #expect(lines.have("I app_init: Project name:     other"))
            #expect(
                try board.report() == [
                    "boot power-on", "app factory 3.0.0", "boot software", "app ota_0 1.0.0",
                    "idle",
                ])
            // Each of the apps confirms itself at once.
            let entry = OTASelectEntry(sequence: 1, state: .valid)
            #expect(try board.otadata() == OTAData(entry, .blank))
        }
    }
}
