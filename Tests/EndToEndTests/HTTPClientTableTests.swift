import FaultKit
import Foundation
import Testing

/// What clients of HTTP/1.1 and HTTP/2 that nobody here has written make of faults, and of the profiles of HTTP/2.
///
/// docs/http-clients.md has the tables; RECORD=1 writes them anew.
@Suite struct HTTPClientTableTests {
    private static let file = checkout + "/docs/http-clients.md"
    private static let python = checkout + "/.build-tools/http/bin/python"
    private static let clients = [
        "curl", "curl h2", "wget", "aria2c", "requests", "httpx h2", "swupdate", "rauc",
    ]

    private static let swupdate = NSLock()

    private static let faults = [
        "", "status code=503", "status code=503 when.request=1", "truncate at=40% ending=cut",
        "truncate at=40% ending=clean", "truncate at=40% ending=reset",
        "truncate at=40% ending=cut when.request=1", "truncate at=40% ending=hang",
        "wrong-length by=+1000 ending=clean", "response-field name=Content-Length value=1000",
        "close-delimited", "chunked size=1000", "chunked size=1000 last=no ending=cut",
        "response-field name=Content-Encoding value=gzip",
        "redirect code=302 to={target}?x when.request=1",
        "redirect location=no", "ranges how=ignore", "authenticate", "bare-lf",
        "status-line text=\"ICY 200 OK\"",
        "interim-response code=103", "response-field name=X value=abcdefgh size=1MiB",
        "flip at=300000", "surplus-bytes count=4",
    ]

    /// The same five million bytes by themselves, in a bundle of SWUpdate and in one of RAUC, each signed.
    private struct Site {
        let folder: Folder
        let image = Site.image

        /// Nobody can compress them.
        private static let image: Data = {
            var dice = Dice(seed: 1)
            let words = (0..<625_000).map { _ in dice.roll(0..<Int.max) }
            return words.withUnsafeBytes { Data($0) }
        }()

        init() throws {
            self.folder = try Folder()
            try FileManager.default.createDirectory(
                atPath: folder.file("www"), withIntermediateDirectories: true)
            try FileManager.default.createDirectory(
                atPath: folder.file("bundle"), withIntermediateDirectories: true)
            for name in ["www/f.bin", "bundle/f.bin", "f.bin"] {
                try folder.write(self.image, to: name)
            }
            let manifest =
                "[update]\ncompatible=t\nversion=1\n[bundle]\nformat=plain\n[image.rootfs]\nfilename=f.bin\n"
            try folder.write(Data(manifest.utf8), to: "bundle/manifest.raucm")
            let done = try run(
                "sh",
                [
                    "-ec",
                    """
                    cd "$0"
                    openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -subj /CN=t -days 2 2>/dev/null
                    rauc bundle --cert=c.pem --key=k.pem bundle www/f.raucb >/dev/null
                    cat >sw-description <<EOF
                    software = { version = "2"; hardware-compatibility: [ "1.0" ]; files: ( { filename = "f.bin";
                    path = "$0/installed"; sha256 = "$(sha256sum f.bin | cut -d' ' -f1)"; } ); }
                    EOF
                    openssl cms -sign -in sw-description -out sw-description.sig -signer c.pem -inkey k.pem \
                    -outform DER -nosmimecap -binary
                    printf 'sw-description\\nsw-description.sig\\nf.bin\\n' | cpio -o -H crc >www/f.swu 2>/dev/null
                    """, folder.path,
                ], within: 60)
            try #require(done.status == 0, "\(done.output) \(done.errors)")
        }
    }

    /// `ok` if all bytes came, or what the client says.
    private static func verdict(_ client: String, port: Int, of site: Site) throws -> String {
        let folder = try Folder()
        let scheme = client.hasSuffix("h2") ? "https" : "http"
        let (url, got) = ("\(scheme)://127.0.0.1:\(port)/f.bin", folder.file("got"))
        let words: [String]
        switch client {
        case "curl": words = ["curl", "-sS", "-f", "-L", "--max-time", "4", "-o", got, url]
        case "curl h2":
            words = [
                "curl", "-sS", "-k", "-f", "-L", "--max-time", "4", "--http2", "-o", got,
                url,
            ]
        case "wget": words = ["wget", "-q", "-T", "3", "-t", "2", "-O", got, url]
        case "aria2c":
            words = [
                "aria2c", "-q", "-x4", "-s4", "-k1M", "--max-tries=2", "--timeout=3",
                "--no-conf=true",
                "--file-allocation=none", "-d", folder.path, "-o", "got", url,
            ]
        case "requests", "httpx h2":
            words = [
                Self.python, checkout + "/Tests/EndToEndTests/Fixtures/http_get.py",
                client == "requests" ? "requests" : "httpx", url, got,
            ]
        case "swupdate":
            words = [
                "swupdate", "-H", "t:1.0", "-l", "1", "-k", site.folder.file("c.pem"), "-d",
                "-u http://127.0.0.1:\(port)/f.swu -r 1 -t 1",
            ]
        default:
            words = [
                "rauc", "info", "--keyring=" + site.folder.file("c.pem"),
                "http://127.0.0.1:\(port)/f.raucb",
            ]
        }
        // All of SWUpdate's processes bind one abstract socket, by which one hears of another's end.
        if client == "swupdate" { Self.swupdate.lock() }
        defer { if client == "swupdate" { Self.swupdate.unlock() } }
        let done = try run(
            "timeout", ["-k", "1", "10"] + words, within: 20, environment: ["TMPDIR": folder.path])
        if done.status == 124 || done.status == 137 { return "waits" }
        switch client {
        case "requests", "httpx h2":
            let said = done.output.trimmingCharacters(in: .whitespacesAndNewlines)
            return said == "ok" ? try Self.judged(status: 0, folder, "got", site) : said
        case "swupdate":
            // Its exit status also says whether it heard of the end in time.
            let isInstalled = FileManager.default.fileExists(atPath: site.folder.file("installed"))
            return isInstalled
                ? try Self.judged(status: 0, site.folder, "installed", site) : "refused"
        case "rauc": return done.status == 0 ? "ok" : "refused"
        default: return try Self.judged(status: done.status, folder, "got", site)
        }
    }

    private static func judged(
        status: Int32, _ folder: Folder, _ name: String, _ site: Site
    ) throws -> String {
        guard status == 0 else { return "exit \(status)" }
        let bytes = try folder.bytes(name)
        let isSame = bytes == site.image
        if isSame { return "ok" }
        return bytes.count == site.image.count ? "takes wrong bytes" : "takes \(bytes.count) bytes"
    }

    private static func faultRows() throws -> [String] {
        // SWUpdate has one place where it installs.
        let sites = try Self.faults.map { _ in try Site() }
        return try concurrently(Array(zip(Self.faults, sites)), width: 6) { rule, site in
            // A server for each protocol, or for each client where a rule counts requests.
            var servers: [String: Faultserve] = [:]
            let cells = try Self.clients.map { client in
                let flag = client.hasSuffix("h2") ? "--http2" : "--plain"
                let server =
                    try servers[flag]
                    ?? Faultserve(
                        [flag, "--root", site.folder.file("www")]
                            + (rule.isEmpty ? [] : ["--fault", rule]))
                if !rule.contains("when.") { servers[flag] = server }
                return try Self.verdict(client, port: server.port, of: site)
            }
            return "| \(rule.isEmpty ? "none" : "`\(rule)`") | \(cells.joined(separator: " | ")) |"
        }
    }

    /// Over TLS, as ALPN is part of it.
    private static func profileRows() throws -> [String] {
        try concurrently(try shippedProfiles(http2: true), width: 6) { name in
            let server = try Faultserve(["--profile", name])
            let folder = try Folder()
            let url = "https://127.0.0.1:\(server.port)/firmware.bin"
            let curl = try run(
                "curl", ["-sS", "-k", "--http2", "--max-time", "4", "-o", folder.file("got"), url],
                within: 30)
            let httpx = try run(
                Self.python,
                [
                    checkout + "/Tests/EndToEndTests/Fixtures/http_get.py", "httpx", url,
                    folder.file("got"),
                ],
                within: 30
            ).output.trimmingCharacters(in: .whitespacesAndNewlines)
            let struck = try server.journal().contains { $0.text("event") == "fault" }
            #expect(struck || name == "h2-ping-unanswered", "\(name) has not struck")
            return "| `\(name)` | \(curl.status == 0 ? "ok" : "exit \(curl.status)") | \(httpx) |"
        }
    }

    @Test(.timeLimit(.minutes(10))) func eachClientDoesWhatTheTablesHave() throws {
        let text = """
            # What HTTP clients do

            Clients of Debian 12 and PyPI ask `faultserve --plain --fault FAULT`, or `faultserve --http2 --fault FAULT`, for five million bytes, SWUpdate and RAUC for a signed bundle of them. `ok` is every byte, of SWUpdate every byte installed; else it is the \
            exit status, the exception, or what the client takes for whole. curl has four seconds, wget, aria2c, requests and httpx three for a silence, SWUpdate one; wget and aria2c try \
            twice; `waits` is a client that still does after ten. aria2c asks for four ranges at once. RAUC downloads for `rauc info`, which needs no root.

            | fault | \(Self.clients.joined(separator: " | ")) |
            |\(String(repeating: " --- |", count: Self.clients.count + 1))
            \(try Self.faultRows().joined(separator: "\n"))

            The profiles of HTTP/2, with `curl --http2` and httpx over TLS. No client here sends a PING, so that nobody meets `h2-ping-unanswered`.

            | profile | curl h2 | httpx h2 |
            | --- | --- | --- |
            \(try Self.profileRows().joined(separator: "\n"))

            """
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try text.write(toFile: Self.file, atomically: true, encoding: .utf8)
        }
        let before = try String(contentsOfFile: Self.file, encoding: .utf8).split(separator: "\n")
        for (old, new) in zip(before, text.split(separator: "\n")) { #expect(old == new) }
        #expect(text.split(separator: "\n").count == before.count)
    }
}
