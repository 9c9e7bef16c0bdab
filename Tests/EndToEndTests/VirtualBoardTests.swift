import FirmwareImage
import Foundation
import Testing

/// The on-device app on the virtual board, updated by faultserve over HTTPS.
@Suite struct VirtualBoardTests {
    static let methods = ["native", "simple", "advanced", "guarded"]

    /// A server of the demo project in a version.
    private func server(of version: String, _ more: [String] = []) throws -> (Faultserve, Folder) {
        let folder = try Folder()
        let recipe = AppImageRecipe(
            project: AppImageRecipe.demo.project, version: version, size: 131_072)
        try folder.write(Data(recipe.bytes()), to: "app.bin")
        return (try Faultserve(["--image", folder.file("app.bin")] + more), folder)
    }

    @Test(.timeLimit(.minutes(5)), arguments: methods)
    func goesFromFactoryToOneSlotAndToTheOtherAndBack(method: String) throws {
        let board = try VirtualBoard()
        for (version, running) in [("2.0.0", "ota_0"), ("3.0.0", "ota_1"), ("4.0.0", "ota_0")] {
            let (server, folder) = try self.server(of: version)
            let run = try board.run(method, from: server)
            #expect(run.status == 0, "\(run.console)")
            #expect(run.outcome == "updated", "\(run.console)")
            #expect(run.running == "\(running) \(version)")
            #expect(run.report("self-test")?["state"] as? String == "VALID")
            withExtendedLifetime(folder) {}
        }
    }

    /// Where each method notices that an image is for another chip.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("native", "verify", "ESP_ERR_OTA_VALIDATE_FAILED"),
            ("simple", "download", "ESP_ERR_INVALID_VERSION"),
            ("advanced", "header", "ESP_ERR_INVALID_VERSION"),
            ("guarded", "header", "ESP_ERR_INVALID_VERSION"),
        ])
    func refusesAnImageForAnotherChip(method: String, stage: String, error: String) throws {
        let server = try Faultserve(["--profile", "wrong-chip"])
        let run = try VirtualBoard().run(method, from: server)
        #expect(run.outcome == "rejected")
        #expect(run.stage == stage)
        #expect(run.error == error)
        #expect(run.running == "factory 1.0.0")
        #expect(run.console.contains("ismatch chip") || run.console.contains("for chip 0x"))
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: ["self-test-fails", "crash-on-first-boot", "crash-at-startup", "entry-address"])
    func rollsBackWhatDoesNotWork(profile: String) throws {
        let server = try Faultserve(["--profile", profile])
        let run = try VirtualBoard().run("advanced", from: server)
        #expect(run.outcome == "updated")
        #expect(run.running == "factory 1.0.0", "\(run.console)")
    }

    @Test(.timeLimit(.minutes(5)), arguments: methods)
    func refusesACertificateOfAnotherName(method: String) throws {
        let server = try Faultserve(["--profile", "bad-cn"])
        let run = try VirtualBoard().run(method, from: server)
        #expect(run.outcome == "rejected")
        #expect(run.console.contains("mbedtls_ssl_handshake returned -0x2700"))
        #expect(run.running == "factory 1.0.0")
        let alerts = try server.journal().compactMap { $0.text("alert") }
        // Once: it will be no better in a second.
        #expect(alerts == ["bad_certificate"], "\(alerts)")
    }

    @Test(.timeLimit(.minutes(5)))
    func guardedGoesOnWhereTheConnectionBroke() throws {
        let server = try Faultserve(["--fault", "truncate at=40% ending=cut when.request=1"])
        let run = try VirtualBoard().run("guarded", from: server)
        #expect(run.running == "ota_0 2.0.0", "\(run.console)")
        let ranges = try server.journal().filter { $0.name == "request" }.compactMap {
            ($0["fields"] as? [[String]])?.first { $0.first?.lowercased() == "range" }?.last
                ?? $0.text("range")
        }
        // 240,889 bytes came, and whole sectors of them are in the flash.
        #expect(ranges.last == "bytes=237568-", "\(ranges)")
    }

    @Test(.timeLimit(.minutes(5)))
    func guardedGoesOnWhereTheBoardLostItsPower() throws {
        let (board, server) = (try VirtualBoard(), try Faultserve([]))
        let cut = try board.run("guarded", from: server, ["--cut-after", "200"])
        #expect(cut.status == 75, "\(cut.console)")
        let run = try board.run("guarded", from: server)
        #expect(run.running == "ota_0 2.0.0", "\(run.console)")
        // Progress is kept each 64 KiB, so what the second run asked for is well behind the start.
        let range = try server.journal().compactMap { $0.text("range") }.last ?? ""
        let place = Int(range.dropFirst("bytes=".count).dropLast()) ?? 0
        #expect(place >= 4 << 16 && place % 4096 == 0, "\(range)")
    }

    @Test(.timeLimit(.minutes(5)))
    func guardedEndsWhereTheStockMethodsWaitForEver() throws {
        let server = try Faultserve(["--fault", "stall at=50%"])
        let run = try VirtualBoard().run(
            "guarded", from: server, ["--timeout-ms", "50"], within: 90)
        #expect(run.outcome == "rejected", "\(run.console)")
        #expect(run.error == "ESP_ERR_TIMEOUT")
        #expect(run.running == "factory 1.0.0")
    }

    /// Every third flash operation of an update and of the first boot, before it and in its middle.
    @Test(.timeLimit(.minutes(6)))
    func guardedLosesNothingThatASecondAttemptDoesNotMend() throws {
        let (server, folder) = try self.server(of: "2.0.0")
        let whole = try VirtualBoard().run("guarded", from: server, ["--trace"])
        let operations = whole.console.split(separator: "\n").count {
            $0.hasPrefix("E 0x") || $0.hasPrefix("W 0x")
        }
        try #require(operations > 60, "\(operations) operations")
        for operation in stride(from: 1, through: operations, by: 3) {
            let middle = operation % 2 == 0 ? ":8" : ""
            let board = try VirtualBoard()
            let cut = try board.run(
                "guarded", from: server, ["--cut-after", "\(operation)\(middle)"])
            #expect(cut.status == 75, "\(operation)")
            let booted = try board.boot()
            #expect(
                ["factory 1.0.0", "ota_0 2.0.0"].contains(booted.running),
                "cut at \(operation)\(middle): \(booted.console)")
            guard booted.running == "factory 1.0.0" else { continue }
            let again = try board.run("guarded", from: server)
            #expect(
                again.running == "ota_0 2.0.0", "cut at \(operation)\(middle): \(again.console)")
        }
        withExtendedLifetime(folder) {}
    }

    /// `openssl s_server -WWW` says no length, sends close_notify, and keeps the connection: a native update
    /// gives up after its timeout, esp_https_ota waits for ever (espressif/esp-idf issue 14724).
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [("native", 0), ("simple", 124), ("advanced", 124), ("guarded", 0)])
    func takesOpenSSLsServerAsTheRealClientDoes(method: String, status: Int32) throws {
        let folder = try Folder()
        let made = try run(
            binary,
            ["cert", "--out", folder.path, "--ca-dir", folder.file("ca"), "--host", "127.0.0.1"])
        try #require(made.status == 0, "\(made.errors)")
        // No multiple of 1024 bytes, at which esp_http_client would fail in another way.
        try folder.write(
            Data(
                AppImageRecipe(
                    project: AppImageRecipe.demo.project, version: "2.0.0", size: 69_712
                ).bytes()), to: "firmware.bin")
        let server = try Child(
            "/bin/sh",
            [
                "-c",
                "cd '\(folder.path)' && exec openssl s_server -WWW -accept 127.0.0.1:0 "
                    + "-cert server_cert.pem -key server_key.pem",
            ], environment: [:], input: "/dev/null", output: folder.file("out"),
            errors: folder.file("out"))
        defer { server.kill() }
        let port = try Self.port(saidIn: folder.file("out"))
        let result = try VirtualBoard().run(
            method, url: "https://127.0.0.1:\(port)/firmware.bin", ca: folder.file("ca_cert.pem"),
            stoppedAfter: 6)
        #expect(result.status == status, "\(result.console)")
        #expect(
            result.running == (method == "guarded" ? "ota_0 2.0.0" : "factory 1.0.0"),
            "\(result.console)")
    }

    /// The port that s_server tells: `ACCEPT 127.0.0.1:41257`.
    private static func port(saidIn path: String) throws -> String {
        let deadline = Date(timeIntervalSinceNow: 20)
        while Date() < deadline {
            let said = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let line = said.split(separator: "\n").first { $0.hasPrefix("ACCEPT ") }
            if let port = line?.split(separator: ":").last { return String(port) }
            usleep(10_000)
        }
        throw StartFailure(said: "s_server tells no port")
    }
}
