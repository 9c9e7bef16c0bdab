import Foundation
import Testing

/// The honest server, as curl sees it.
@Suite struct HonestServerTests {
    private func root(_ files: [String: Data]) throws -> Folder {
        let folder = try Folder()
        for (name, data) in files { try folder.write(data, to: name) }
        return folder
    }

    private let text = Data((0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })

    @Test(arguments: [[], ["--tls-max", "1.2"], ["--http1.0"], ["--http1.1"]], [false, true])
    func servesAFileWhole(options: [String], plain: Bool) throws {
        let root = try self.root(["a.bin": self.text])
        let server = try Faultserve(["--root", root.path] + (plain ? ["--plain"] : []))
        let done = try server.curl(options + ["-o", root.file("got"), server.url + "/a.bin"])
        #expect(done.status == 0, "\(done.errors)")
        #expect(try root.bytes("got") == self.text)
        #expect(server.stop() == 0)
    }

    @Test func servesRangesAndResumes() throws {
        let root = try self.root(["a.bin": self.text])
        let server = try Faultserve(["--root", root.path])
        let url = server.url + "/a.bin"
        try server.curl(["-r", "100-199", "-o", root.file("part"), url])
        #expect(try root.bytes("part") == self.text[100..<200])
        try server.curl(["-r", "-7", "-o", root.file("tail"), url])
        #expect(try root.bytes("tail") == self.text.suffix(7))
        try root.write(self.text.prefix(1_234), to: "begun")
        let resumed = try server.curl(["-C", "-", "-o", root.file("begun"), url])
        #expect(resumed.status == 0)
        #expect(try root.bytes("begun") == self.text)
        let several = try server.curl(["-r", "0-4,10-14", url])
        #expect(several.output.contains("Content-Range: bytes 10-14/50000"))
    }

    @Test func tellsOfAFileWithoutSendingIt() throws {
        let root = try self.root(["a.bin": self.text])
        let server = try Faultserve(["--root", root.path])
        let head = try server.curl(["-I", server.url + "/a.bin"])
        #expect(head.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(head.output.contains("Content-Length: 50000\r\n"))
        #expect(head.output.contains("Accept-Ranges: bytes\r\n"))
        let tag = try #require(
            head.output.split(separator: "\r\n").first { $0.hasPrefix("ETag: ") }?.dropFirst(6))
        let again = try server.curl(["-I", "-H", "If-None-Match: \(tag)", server.url + "/a.bin"])
        #expect(again.output.hasPrefix("HTTP/1.1 304 "))
    }

    @Test func keepsAConnectionForManyRequestsAndPipelines() throws {
        let root = try self.root(["a": Data("first".utf8), "b": Data("second".utf8)])
        let server = try Faultserve(["--root", root.path, "--plain"])
        let many = try server.curl([server.url + "/a", server.url + "/b", server.url + "/a"])
        #expect(many.output == "firstsecondfirst")
        let lines = ["/a", "/b", "/a"].map { "GET \($0) HTTP/1.1\r\nHost: x\r\n" }
        let input = lines.joined(separator: "\r\n") + "Connection: close\r\n\r\n"
        let piped = try run("nc", ["-q", "5", "127.0.0.1", "\(server.port)"], input: input)
        #expect(piped.output.components(separatedBy: "HTTP/1.1 200 OK").count == 4)
        #expect(piped.output.hasSuffix("first"))
        let accepted = try server.journal().filter { $0.name == "accepted" }
        #expect(accepted.count == 2)
    }

    @Test func listensOnIPv4AndIPv6() throws {
        let server = try Faultserve([], host: "::1")
        let six = try run(
            "curl",
            [
                "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", server.ca,
                "https://[::1]:\(server.port)/",
            ])
        #expect(six.output == "200", "\(six.errors)")
        let four = try run(
            "curl",
            [
                "-sS", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", server.ca,
                "--resolve", "localhost:\(server.port):127.0.0.1",
                "https://localhost:\(server.port)/",
            ])
        #expect(four.output == "200", "\(four.errors)")
    }

    @Test func listsAFolder() throws {
        let root = try self.root(["a.bin": self.text, "b.txt": Data("x".utf8)])
        let server = try Faultserve(["--root", root.path])
        let page = try server.curl([server.url + "/"])
        #expect(page.output.contains("<a href=\"a.bin\">") || page.output.contains("a.bin</a>"))
        let json = try server.curl(["-H", "Accept: application/json", server.url + "/"])
        let object =
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        let names = (object?["entries"] as? [[String: Any]])?.compactMap { $0["name"] as? String }
        #expect(names == ["a.bin", "b.txt"])
    }

    @Test func neverServesAPrivateKeyNorLeavesTheRoot() throws {
        let root = try self.root(["a.bin": self.text])
        try run("openssl", ["genrsa", "-out", root.file("ca_key.pem"), "2048"])
        try run("cp", [root.file("ca_key.pem"), root.file("notes.txt")])
        try run("ln", ["-s", "/etc/passwd", root.file("link")])
        let server = try Faultserve(["--root", root.path])
        func status(_ path: String) throws -> String {
            try server.curl([
                "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", server.url + path,
            ])
            .output
        }
        #expect(try status("/a.bin") == "200")
        #expect(try status("/ca_key.pem") == "403")
        #expect(try status("/notes.txt") == "403")
        #expect(try status("/link") == "403")
        for path in ["/../etc/passwd", "/%2e%2e/etc/passwd", "/..%2fetc/passwd", "/a.bin%00.txt"] {
            #expect(try ["400", "403", "404"].contains(status(path)), "\(path)")
        }
    }

    @Test func answersExpectContinue() throws {
        let server = try Faultserve(["--plain"])
        let done = try server.curl(
            [
                "-v", "-X", "POST", "-H", "Expect: 100-continue", "-d", "hello",
                server.url + "/firmware.bin",
            ])
        #expect(done.errors.contains("100 Continue"))
        #expect(done.errors.contains("405 Method Not Allowed"))
    }

    @Test func servesTenTransfersAtOnce() throws {
        var data = Data(count: 8 << 20)
        for index in stride(from: 0, to: data.count, by: 997) { data[index] = UInt8(index % 251) }
        let root = try self.root(["a.bin": data])
        let server = try Faultserve(["--root", root.path])
        let jobs = (0..<10).flatMap { ["-o", root.file("got\($0)"), server.url + "/a.bin"] }
        let done = try server.curl(["--parallel", "--parallel-max", "10"] + jobs, within: 120)
        #expect(done.status == 0, "\(done.errors)")
        for number in 0..<10 { #expect(try root.bytes("got\(number)") == data) }
    }

    /// A build that writes its file anew does so under the eyes of whoever downloads it.
    @Test(arguments: ["--http1.1", "--http2"])
    func aFileThatShrinksEndsItsDownloadAndNothingElse(version: String) throws {
        let root = try Folder()
        try run("truncate", ["-s", "256M", root.file("big.bin")])
        try root.write(Data("small".utf8), to: "small")
        let server = try Faultserve(["--http2", "--root", root.path])
        let words = [version, "-sS", "--cacert", server.ca]
        let download = try Child(
            "curl", words + ["--limit-rate", "2M", server.url + "/big.bin"], environment: [:],
            input: "/dev/null", output: root.file("got"), errors: root.file("errors"))
        defer { download.kill() }
        for _ in 0..<1_000 where (try? root.bytes("got").isEmpty) ?? true { usleep(10_000) }
        try run("truncate", ["-s", "100K", root.file("big.bin")])
        let failure = try server.event("failure", within: 20)
        #expect(failure?.text("reason")?.contains("big.bin shrank while it was served") == true)
        let status = download.wait(within: 60)
        #expect(status != nil && status != 0)
        let small = try run("curl", words + [server.url + "/small"], within: 20)
        #expect(small.output == "small", "\(small.errors)")
        #expect(server.stop() == 0)
    }

    @Test func serves3GiBInLittleMemory() throws {
        let root = try Folder()
        // Sparse, with marks that a lost or moved piece would change.
        let size = 3 << 30
        try run(
            "python3",
            [
                "-c",
                """
                import sys
                with open(sys.argv[1], "wb") as f:
                    f.truncate(\(size))
                    for place in range(0, \(size), 1 << 20):
                        f.seek(place + place % 4093); f.write(place.to_bytes(8, "big"))
                """, root.file("big.bin"),
            ])
        let server = try Faultserve(["--root", root.path, "--quiet"])
        let wanted = try sha256(ofFile: root.file("big.bin"))
        let got = try run(
            "sh",
            ["-c", "curl -sS --cacert \(server.ca) \(server.url)/big.bin | sha256sum"], within: 180)
        #expect(got.output.prefix(64) == wanted)
        let status = try String(contentsOfFile: "/proc/\(server.pid)/status", encoding: .utf8)
        let peak = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        let kibibytes = try #require(Int(peak.filter(\.isNumber)))
        #expect(kibibytes < 64 << 10, "\(peak)")
    }
}
