import FirmwareImage
import Foundation
import Testing

/// The shipped profiles, each proved from outside.
@Suite struct ProfileTests {
    private let demo = Data(AppImage.demo().bytes)

    @Test func truncateSendsExactlyItsShareAndThenTheWhole() throws {
        let server = try Faultserve(["--profile", "truncate"])
        try self.provesTruncate(server, path: "/firmware.bin", image: self.demo)
    }

    /// curl's status 18 is "partial file"; the retry is whole.
    private func provesTruncate(_ server: Faultserve, path: String, image: Data) throws {
        let first = try server.curl(["-o", server.folder.file("f.bin"), server.url + path])
        #expect(first.status == 18, "\(first.errors)")
        #expect(try server.folder.bytes("f.bin") == image.prefix(image.count * 40 / 100))
        let second = try server.curl(["-o", server.folder.file("f.bin"), server.url + path])
        #expect(second.status == 0)
        #expect(try server.folder.bytes("f.bin").sha256() == image.sha256())
        let journal = try server.journal()
        let strikes = journal.filter { $0.name == "fault" }
        #expect(strikes.count == 1)
        #expect(strikes.first?.text("fault") == "truncate")
        #expect(strikes.first?.number("offset") == image.count * 40 / 100)
        #expect(journal.last?.name == "stop")
    }

    @Test func truncateCutsARealImageFromItsBuildFolder() throws {
        let build = try Folder()
        let made = try run(checkout + "/scripts/make-real-image", [build.path], within: 600)
        #expect(made.status == 0, "\(made.errors)")
        let server = try Faultserve(["--profile", "truncate", "--root", build.path])
        try self.provesTruncate(
            server, path: "/hello_world.bin", image: build.bytes("hello_world.bin"))
    }

    @Test func truncateHeaderSends180Bytes() throws {
        let server = try Faultserve(["--profile", "truncate-header"])
        let done = try server.curl([
            "-o", server.folder.file("f.bin"), server.url + "/firmware.bin",
        ])
        #expect(done.status == 18)
        #expect(try server.folder.bytes("f.bin") == self.demo.prefix(180))
    }

    @Test func badCnFailsOnTheNameOnly() throws {
        let server = try Faultserve(["--profile", "bad-cn"])
        let target = ["-connect", "127.0.0.1:\(server.port)", "-CAfile", server.ca]
        let chain = try run("openssl", ["s_client"] + target + ["-verify_return_error"])
        #expect(chain.output.contains("Verify return code: 0 (ok)"))
        let address = try run(
            "openssl", ["s_client"] + target + ["-verify_ip", "127.0.0.1", "-verify_return_error"])
        #expect(address.errors.contains("IP address mismatch"))
        let name = try run(
            "openssl",
            ["s_client"] + target + ["-verify_hostname", "localhost", "-verify_return_error"])
        #expect(name.errors.contains("ostname mismatch"))
        let curl = try server.curl([server.url + "/firmware.bin"])
        #expect(curl.status == 60)
        let journal = try server.journal()
        #expect(journal.contains { $0.name == "fault" && $0.text("fault") == "wrong-name" })
        // s_client with -verify_return_error sends the alert that its verdict maps to.
        let failed = journal.filter { $0.name == "handshake-failed" || $0.name == "alert" }
        #expect(failed.contains { $0.text("alertFrom") == "client" })
    }

    @Test func expiredCertFailsOnTheDateOnly() throws {
        let server = try Faultserve(["--profile", "expired-cert"])
        let target = ["-connect", "127.0.0.1:\(server.port)", "-CAfile", server.ca]
        let named = target + ["-verify_ip", "127.0.0.1"]
        let today = try run("openssl", ["s_client"] + named)
        #expect(today.output.contains("Verify return code: 10 (certificate has expired)"))
        let before = "\(Int(Date().timeIntervalSince1970) - 36 * 3_600)"
        let then = try run("openssl", ["s_client"] + named + ["-attime", before])
        #expect(then.output.contains("Verify return code: 0 (ok)"))
    }

    @Test func slowLinkKeepsItsRateForEachClient() throws {
        // 10 s of two clients, each with a budget of its own.
        let folder = try Folder()
        try run(binary, ["image", "make", "--size", "768KiB", "-o", folder.file("image.bin")])
        let server = try Faultserve(["--profile", "slow-link", "--image", folder.file("image.bin")])
        let limit = 64 * 1_024
        let one = """
            curl -sS --cacert \(server.ca) -r 0-\(10 * limit - 1) -o /dev/null \
            -w '%{size_download} %{time_pretransfer} %{time_total}\\n' \(server.url)/firmware.bin
            """
        let done = try run("sh", ["-c", "\(one) & \(one) & wait"])
        let measured = done.output.split(separator: "\n").map {
            $0.split(separator: " ").compactMap { Double($0) }
        }
        #expect(measured.count == 2, "\(done.errors)")
        for pair in measured {
            // From the request: the handshake before it is no part of the transfer.
            let rate = pair[0] / (pair[2] - pair[1])
            #expect(abs(rate / Double(limit) - 1) < 0.01, "\(rate) B/s")
        }
    }

    @Test func stalledSendsHalfAndThenNothing() throws {
        let server = try Faultserve(["--profile", "stalled"])
        let done = try server.curl(
            ["-m", "3", "-o", server.folder.file("f.bin"), server.url + "/firmware.bin"])
        #expect(done.status == 28)
        #expect(try server.folder.bytes("f.bin") == self.demo.prefix(self.demo.count / 2))
    }

    @Test func resetIsAResetAfterExactlyItsShare() throws {
        let server = try Faultserve(["--profile", "reset"])
        let done = try server.curl([
            "-o", server.folder.file("f.bin"), server.url + "/firmware.bin",
        ])
        #expect(done.status == 56)
        #expect(done.errors.contains("reset"), "\(done.errors)")
        #expect(try server.folder.bytes("f.bin") == self.demo.prefix(self.demo.count / 2))
        let closed = try server.journal().first { $0.name == "closed" }
        #expect(closed?.text("how") == "reset")
        #expect(closed?.text("by") == "server")
    }

    @Test func truncateOnTheLinkEndsInsideARecordWithoutCloseNotify() throws {
        let server = try Faultserve(["--fault", "truncate on=link at=100KB ending=cut"])
        let raw = try run(
            "python3", [checkout + "/Tests/EndToEndTests/Fixtures/raw_tls.py", "\(server.port)"])
        #expect(raw.output.contains("bytes 100000"), "\(raw.output) \(raw.errors)")
        #expect(raw.output.contains("ends inside a record"))
        #expect(raw.output.contains("no alert record at the end"))
    }

    @Test func corruptImageIsTheSameInEveryRunAndRange() throws {
        let first = try Faultserve(["--profile", "corrupt-image"])
        let second = try Faultserve(["--profile", "corrupt-image"])
        let other = try Faultserve(["--profile", "corrupt-image", "--seed", "99"])
        var files: [Data] = []
        for server in [first, second, other] {
            try server.curl(["-o", server.folder.file("f.bin"), server.url + "/firmware.bin"])
            files.append(try server.folder.bytes("f.bin"))
        }
        #expect(files[0] == files[1])
        #expect(files[0] != files[2])
        #expect(files[0] != self.demo)
        #expect(files[0].count == self.demo.count)
        let half = self.demo.count / 2 - 7
        try first.curl([
            "-r", "0-\(half)", "-o", first.folder.file("a"), first.url + "/firmware.bin",
        ])
        try first.curl([
            "-r", "\(half + 1)-", "-o", first.folder.file("b"), first.url + "/firmware.bin",
        ])
        #expect(try first.folder.bytes("a") + first.folder.bytes("b") == files[0])
    }

    @Test func serverErrorSaysSo() throws {
        let server = try Faultserve(["--profile", "server-error"])
        let done = try server.curl(
            ["-o", "/dev/null", "-w", "%{http_code}", server.url + "/firmware.bin"])
        #expect(done.output.hasPrefix("5"))
    }

    @Test func flakyFailsAndThenServes() throws {
        let server = try Faultserve(["--profile", "flaky"])
        let arguments = ["-f", "-o", server.folder.file("f.bin"), server.url + "/firmware.bin"]
        #expect(try server.curl(arguments).status != 0)
        #expect(try server.curl(arguments).status == 0)
        #expect(try server.folder.bytes("f.bin") == self.demo)
    }

    @Test func delayComesLateAndWhole() throws {
        let server = try Faultserve(["--profile", "delay"])
        let download = try Download(server)
        #expect(download.body == self.demo)
        let moment = try download.moment(ofByte: 0, of: "body")
        #expect(moment >= 2 && moment < 2.5, "\(moment) s")
        #expect(try server.strike("waited").number("waited") == 2_000)
    }

    @Test func flipIsARecordThatTheClientRefuses() throws {
        let server = try Faultserve(["--profile", "flip"])
        let done = try server.curl([
            "-o", server.folder.file("f.bin"), server.url + "/firmware.bin",
        ])
        #expect(done.status == 56)
        #expect(done.errors.contains("bad record mac"), "\(done.errors)")
        let got = try server.folder.bytes("f.bin")
        #expect(got.count < 65_536 && self.demo.starts(with: got))
        #expect(try server.event("alert")?.text("alert") == "bad_record_mac")
        #expect(try server.strike("altered").number("offset") == 65_536)
    }

    @Test func sliceComesInSmallPiecesAndWhole() throws {
        let server = try Faultserve(["--profile", "slice"])
        let download = try Download(server, fields: ["Range: bytes=0-9999"])
        #expect(download.body == self.demo.prefix(10_000))
        let pieces = download.stretch("body")
        #expect(pieces.allSatisfy { $0.bytes % 100 == 0 })
        #expect(pieces.count > 30, "\(pieces.count) pieces")
    }

    /// The profile's pause of 1 ms is shorter than what a busy machine keeps a reader waiting.
    @Test func eachSliceStandsAloneForItsPause() throws {
        let server = try Faultserve(["--fault", "slice size=100 pause=300ms to=300"])
        let download = try Download(server, fields: ["Range: bytes=0-999"])
        #expect(download.body == self.demo.prefix(1_000))
        for place in [100, 200] { #expect(download.paused(at: place, of: "body"), "\(place)") }
        // From there on it comes as it is.
        #expect(!download.paused(at: 400, of: "body"))
    }

    @Test func wrongLengthSays5000BytesLessThanItSends() throws {
        let server = try Faultserve(["--profile", "wrong-length"])
        let done = try server.curl([
            "-o", server.folder.file("f.bin"), server.url + "/firmware.bin",
        ])
        #expect(done.status == 0)
        #expect(try server.folder.bytes("f.bin") == self.demo.dropLast(5_000))
        #expect(try Download(server).body == self.demo)
    }

    @Test func noneStrikesNothing() throws {
        let server = try Faultserve(["--profile", "none"])
        try server.curl(["-o", server.folder.file("f.bin"), server.url + "/firmware.bin"])
        #expect(try server.folder.bytes("f.bin") == self.demo)
        #expect(try !server.journal().contains { $0.name == "fault" })
    }
}
