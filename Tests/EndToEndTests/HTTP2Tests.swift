import Foundation
import Testing

/// HTTP/2 of the honest server and of one with faults, with clients that nobody here has written.
@Suite struct HTTP2Tests {
    /// `HTTP version, status, bytes`, and what came.
    private static func curl(_ words: [String], _ url: String, in folder: Folder) throws -> String {
        try run(
            "curl",
            [
                "-sS", "-k", "--max-time", "20", "-o", folder.file("got"), "-w",
                "%{http_version} %{http_code} %{size_download}",
            ] + words + [url], within: 30
        ).output
    }

    @Test(arguments: [["--http2"], ["--http2", "--plain"]], [1, 20_000_000])
    func aFileComesWhole(options: [String], size: Int) throws {
        let folder = try Folder()
        let bytes = Data((0..<size).lazy.map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
        try folder.write(bytes, to: "f.bin")
        let server = try Faultserve(options + ["--root", folder.path])
        let isPlain = options.contains("--plain")
        let url = "http\(isPlain ? "" : "s")://127.0.0.1:\(server.port)/f.bin"
        let words = [isPlain ? "--http2-prior-knowledge" : "--http2"]
        #expect(try Self.curl(words, url, in: folder) == "2 200 \(size)")
        let isSame = try folder.bytes("got") == bytes
        #expect(isSame)
        #expect(try Self.curl(["--http1.1"], url, in: folder) == "1.1 200 \(size)")
        #expect(try Self.curl(words + ["-r", "0-0"], url, in: folder) == "2 206 1")
        #expect(try Self.curl(words + ["-I"], url, in: folder) == "2 200 0")
        #expect(try Self.curl(words + ["-d", "x=y"], url, in: folder).hasPrefix("2 405 "))
    }

    /// ESP-IDF's client offers no ALPN, and others may prefer HTTP/1.1.
    @Test func whoDoesNotAskForItGetsHTTP1() throws {
        let folder = try Folder()
        let server = try Faultserve(["--http2"])
        let url = "https://127.0.0.1:\(server.port)/firmware.bin"
        #expect(try Self.curl(["--no-alpn"], url, in: folder).hasPrefix("1.1 200"))
        let other = try Faultserve([])
        let plain = "https://127.0.0.1:\(other.port)/firmware.bin"
        #expect(try Self.curl(["--http2"], plain, in: folder).hasPrefix("1.1 200"))
    }

    @Test(.timeLimit(.minutes(3))) func tenThousandRequestsAreAnswered() throws {
        let server = try Faultserve(["--http2"])
        let report = try run(
            "h2load", ["-n", "10000", "-c", "50", "-m", "20", "https://127.0.0.1:\(server.port)/"],
            within: 120
        ).output
        #expect(report.contains("10000 succeeded, 0 failed, 0 errored, 0 timeout"), "\(report)")
    }

    @Test(.timeLimit(.minutes(2))) func eachRequirementOfTheRFCsIsMet() throws {
        let folder = try Folder()
        try folder.write(Data(count: 200_000), to: "big")
        let server = try Faultserve(["--http2", "--plain", "--root", folder.path])
        let lines = try run(
            "python3",
            [checkout + "/Tests/EndToEndTests/Fixtures/http2_requirements.py", "\(server.port)"],
            within: 100
        ).output.split(separator: "\n")
        #expect(lines.count == 147)
        for line in lines {
            #expect(line.split(separator: "\t").dropFirst().first == "ok", "\(line)")
        }
    }

    /// As a second block of fields, which curl adds to those of the head.
    @Test func trailersComeBehindTheBody() throws {
        let folder = try Folder()
        let server = try Faultserve(["--http2", "--fault", "chunked trailer=yes"])
        let url = "https://127.0.0.1:\(server.port)/firmware.bin"
        let words = ["--http2", "-D", folder.file("fields")]
        #expect(try Self.curl(words, url, in: folder).hasPrefix("2 200 "))
        #expect(try folder.bytes("got").count == 602_224)
        let fields = try #require(String(data: folder.bytes("fields"), encoding: .utf8))
        #expect(fields.hasPrefix("HTTP/2 200"))
        #expect(fields.hasSuffix("\r\n\r\nx-checked: yes\r\n"), "\(fields)")
    }

    /// What faults of any HTTP do to a stream: curl's exit status, and how many bytes came.
    @Test(arguments: [
        ("truncate on=body at=1000 ending=clean", "92"),
        ("truncate on=body at=1000 ending=reset", "92"),
        ("truncate on=body at=1000 ending=cut", "18 1000"),
        ("truncate on=body at=1000 ending=hang", "28 1000"),
        ("truncate on=http at=1000 ending=cut", "18 "),
        ("truncate on=link at=3000 ending=reset", "56"),
        ("status code=503", "22"), ("response-field name=X-Y value=z", "0 602224"),
        ("wrong-length by=+10 ending=clean", "92"),
        ("chunked size=100", "0 602224"), ("bare-lf", "0 602224"),
        ("redirect code=302 to=/elsewhere", "47"),
        ("interim-response code=100,103,199", "0 602224"),
    ])
    func faultsMeanTheSameOnAStream(rule: String, expected: String) throws {
        let server = try Faultserve(["--http2", "--fault", rule])
        let done = try run(
            "curl",
            [
                "-sS", "-k", "--http2", "-f", "-L", "--max-redirs", "3", "--max-time", "3", "-o",
                server.folder.file("got"), "-w", "%{size_download}",
                "https://127.0.0.1:\(server.port)/firmware.bin",
            ], within: 30)
        let found = "\(done.status) \(done.output)"
        #expect(found.hasPrefix(expected), "\(found) \(done.errors)")
    }

    /// A fault that has no meaning on a stream has not struck.
    @Test func whatHTTP2HasNoWordsForIsNoStrike() throws {
        let server = try Faultserve(["--http2", "--fault", "bare-lf"])
        _ = try Self.curl(
            ["--http2"], "https://127.0.0.1:\(server.port)/firmware.bin", in: server.folder)
        let events = try server.journal()
        #expect(!events.contains { $0.text("event") == "fault" })
    }
}
