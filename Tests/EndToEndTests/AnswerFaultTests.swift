import FirmwareImage
import Foundation
import Testing

/// The faults of the image, of the response and of the handshake, proved with curl and openssl.
@Suite struct AnswerFaultTests {
    private let demo = Data(AppImage.demo().bytes)

    private func get(_ server: Faultserve, _ arguments: [String] = []) throws -> Data {
        try server.curl(
            arguments + ["-o", server.folder.file("got"), server.url + "/firmware.bin"])
        return try server.folder.bytes("got")
    }

    private func field(_ name: String, of server: Faultserve) throws -> String {
        let head = try server.curl(["-I", server.url + "/firmware.bin"]).output
        let line = head.split(separator: "\r\n").first { $0.hasPrefix(name + ": ") }
        return String(try #require(line, "\(head)").dropFirst(name.count + 2))
    }

    /// The single kind of evidence that such a fault leaves.
    private func expectEdit(_ server: Faultserve, of fault: String, on layer: String) throws {
        let strikes = try server.journal().filter { $0.name == "fault" }
        #expect(!strikes.isEmpty)
        for strike in strikes {
            #expect(strike.number("rule") == 0)
            #expect(strike.text("fault") == fault)
            #expect(strike.text("on") == layer)
            #expect(strike.text("action") == "edited")
            #expect(strike.text("detail")?.isEmpty == false)
        }
    }

    // MARK: corrupt-image

    @Test func corruptImageDamagesJustItsPlaces() throws {
        let honest = try Faultserve([])
        let server = try Faultserve(["--fault", "corrupt-image at=100,50%,-1 mask=0x10"])
        var wanted = self.demo
        for place in [100, wanted.count / 2, wanted.count - 1] { wanted[place] ^= 0x10 }
        #expect(try self.get(server) == wanted)
        #expect(try self.get(server, ["-r", "-1"]) == wanted.suffix(1))
        #expect(try self.field("Content-Length", of: server) == "\(self.demo.count)")
        #expect(try self.field("ETag", of: server) != self.field("ETag", of: honest))
        try self.expectEdit(server, of: "corrupt-image", on: "image")
    }

    @Test func corruptImagePicksAsManyPlacesAsItIsTold() throws {
        let rule = "corrupt-image count=5 from=2000 to=3000"
        let server = try Faultserve(["--fault", rule])
        let got = try self.get(server)
        let places = self.demo.indices.filter { got[$0] != self.demo[$0] }
        #expect(places.count == 5)
        #expect(places.allSatisfy { (2_000..<3_000).contains($0) }, "\(places)")
        let again = try Faultserve(["--fault", rule])
        #expect(try self.get(again) == got)
        let other = try Faultserve(["--fault", rule, "--seed", "2"])
        #expect(try self.get(other) != got)
        try self.expectEdit(server, of: "corrupt-image", on: "image")
    }

    // MARK: status

    @Test func statusSaysCodeReasonAndWhenToComeAgain() throws {
        let server = try Faultserve(
            ["--fault", "status code=503 reason='Not Now' retry-after=7 body='come later'"])
        let answer = try server.curl(["-i", server.url + "/firmware.bin"]).output
        let lines = answer.split(separator: "\r\n").map(String.init)
        #expect(lines.first == "HTTP/1.1 503 Not Now")
        #expect(lines.contains("Retry-After: 7"))
        #expect(lines.contains("Content-Length: 10"))
        #expect(lines.last == "come later")
        #expect(!answer.contains("ETag"))
        let failed = try server.curl(["-f", server.url + "/firmware.bin"])
        #expect(failed.status == 22)
        try self.expectEdit(server, of: "status", on: "response")
    }

    @Test func statusWithoutContentHasNoBody() throws {
        let server = try Faultserve(["--fault", "status code=304"])
        let url = server.url + "/firmware.bin"
        // The connection is still of use: a body would be taken for the next answer.
        let done = try server.curl(
            ["-w", "%{http_code} %{num_connects} ", url, url])
        #expect(done.output == "304 1 304 0 ")
    }

    // MARK: wrong-length

    @Test func wrongLengthPromisesMoreThanItSends() throws {
        let server = try Faultserve(["--fault", "wrong-length by=+5000"])
        let done = try server.curl(
            ["-o", server.folder.file("got"), server.url + "/firmware.bin"])
        #expect(done.status == 18, "\(done.errors)")
        #expect(try server.folder.bytes("got") == self.demo)
        let strike = try server.strike("edited")
        let counts = "\(self.demo.count) → \(self.demo.count + 5_000)"
        #expect(strike.text("detail")?.contains("Content-Length: \(counts)") == true)
        try self.expectEdit(server, of: "wrong-length", on: "response")
    }

    @Test func wrongLengthSendsMoreThanItPromises() throws {
        let server = try Faultserve(["--fault", "wrong-length by=-100"])
        #expect(try self.get(server) == self.demo.dropLast(100))
        let download = try Download(server)
        #expect(download.head.contains("Content-Length: \(self.demo.count - 100)\r\n"))
        #expect(download.body == self.demo)
        #expect(download.end == "FIN" && download.saidGoodbye)
        try self.expectEdit(server, of: "wrong-length", on: "response")
    }

    @Test func wrongLengthEndsAsItIsTold() throws {
        let server = try Faultserve(["--fault", "wrong-length length=999KB ending=reset"])
        let download = try Download(server)
        #expect(download.head.contains("Content-Length: 999000\r\n"))
        #expect(download.body == self.demo)
        #expect(download.end == "RST")
        try self.expectEdit(server, of: "wrong-length", on: "response")
    }

    // MARK: expired and wrong-name

    /// What openssl says of the certificate, with further options.
    private func verdict(_ server: Faultserve, _ options: [String]) throws -> String {
        let target = ["s_client", "-connect", "127.0.0.1:\(server.port)", "-CAfile", server.ca]
        let done = try run("openssl", target + options)
        let line = done.output.split(separator: "\n").first { $0.contains("Verify return code") }
        return line?.trimmingCharacters(in: .whitespaces) ?? done.errors
    }

    @Test func expiredEndedAsLongAgoAsItSays() throws {
        let server = try Faultserve(["--fault", "expired by=48h"])
        let end = Int(Date().timeIntervalSince1970) - 48 * 3_600
        let named = ["-verify_ip", "127.0.0.1", "-attime"]
        #expect(try self.verdict(server, named + ["\(end - 60)"]).contains(": 0 (ok)"))
        #expect(try self.verdict(server, named + ["\(end + 60)"]).contains(": 10 (certificate has"))
        #expect(try server.curl([server.url + "/firmware.bin"]).status == 60)
        #expect(try !server.journalSoFar().contains { $0.name == "request" })
        try self.expectEdit(server, of: "expired", on: "handshake")
    }

    @Test(arguments: [("10.9.8.7", "-verify_ip"), ("elsewhere.example", "-verify_hostname")])
    func wrongNameIsGoodForThatNameOnly(name: String, option: String) throws {
        let server = try Faultserve(["--fault", "wrong-name name=\(name)"])
        #expect(try self.verdict(server, [option, name]).contains(": 0 (ok)"))
        #expect(try self.verdict(server, ["-verify_ip", "127.0.0.1"]).contains("mismatch"))
        #expect(try self.verdict(server, ["-verify_hostname", "localhost"]).contains("mismatch"))
        #expect(try server.curl([server.url + "/firmware.bin"]).status == 60)
        #expect(try !server.journalSoFar().contains { $0.name == "request" })
        try self.expectEdit(server, of: "wrong-name", on: "handshake")
    }
}
