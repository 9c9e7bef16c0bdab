import Foundation
import Testing

/// Clients that misbehave meet a limit and leave nothing behind.
@Suite struct BadClientTests {
    /// Runs a Python client against a server with short limits; the server must still serve.
    private func meet(
        _ script: String, limit: String, plain: Bool, options: [String] = [],
        path: String = "/firmware.bin"
    ) throws -> [JournalEvent] {
        let limits = [
            "handshake=300ms", "head=300ms", "idle=300ms", "send=800ms",
        ].flatMap { ["--limit", $0] }
        let server = try Faultserve(limits + options + (plain ? ["--plain"] : []))
        let prelude = """
            import socket, time
            def connect():
                s = socket.create_connection(("127.0.0.1", \(server.port)), 10); s.settimeout(10); return s
            def drain(s):
                data = b""
                try:
                    while True:
                        part = s.recv(65536)
                        if not part: return data
                        data += part
                except ConnectionResetError:
                    return data

            """
        let client = try run("python3", ["-c", prelude + script])
        #expect(client.status == 0, "\(client.errors)")
        let met = try server.event("limit", where: { $0.text("limit") == limit })
        #expect(met != nil, "no limit '\(limit)': \(server.said)")
        let after = try server.curl(
            ["-o", "/dev/null", "-w", "%{http_code}", server.url + path])
        #expect(after.output == "200")
        let journal = try server.journal()
        let accepted = journal.filter { $0.name == "accepted" }.count
        #expect(journal.filter { $0.name == "closed" }.count == accepted)
        return journal
    }

    @Test(arguments: [true, false])
    func whoSaysNothingIsLetGo(plain: Bool) throws {
        _ = try self.meet(
            "assert drain(connect()) == b''", limit: plain ? "idle" : "handshake", plain: plain)
    }

    @Test func halfAClientHelloMeetsTheHandshakesLimit() throws {
        _ = try self.meet(
            "s = connect(); s.sendall(bytes([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])); drain(s)",
            limit: "handshake", plain: false)
    }

    @Test func halfARequestMeetsTheHeadsLimit() throws {
        let script = "s = connect(); s.sendall(b'GET / HTTP/1.1\\r\\nHost'); drain(s)"
        _ = try self.meet(script, limit: "head", plain: true)
    }

    @Test func aHeadOfOneMebibyteIsRefused() throws {
        _ = try self.meet(
            """
            s = connect()
            try:
                s.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\nX: " + b"a" * (1 << 20))
            except (BrokenPipeError, ConnectionResetError):
                pass
            answer = drain(s)
            assert b" 431 " in answer or answer == b"", answer
            """, limit: "head-size", plain: true)
    }

    @Test func anEndlessRequestLineIsRefused() throws {
        _ = try self.meet(
            """
            s = connect()
            try:
                for _ in range(64): s.sendall(b"G" * 65536)
            except (BrokenPipeError, ConnectionResetError):
                pass
            drain(s)
            """, limit: "request", plain: true)
    }

    @Test func garbageIsAnsweredWith400() throws {
        _ = try self.meet(
            """
            s = connect(); s.sendall(bytes(range(256)) * 8)
            assert drain(s).startswith(b"HTTP/1.1 400 ")
            """, limit: "request", plain: true)
    }

    @Test func aBodyThatIsTooLargeIsRefused() throws {
        _ = try self.meet(
            """
            s = connect()
            try:
                s.sendall(b"POST / HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 99999999\\r\\n\\r\\n" + b"x" * (2 << 20))
            except (BrokenPipeError, ConnectionResetError):
                pass
            drain(s)
            """, limit: "body-size", plain: true)
    }

    @Test func whoTakesNothingIsReset() throws {
        let folder = try Folder()
        try run("truncate", ["-s", "64M", folder.file("big.bin")])
        let journal = try self.meet(
            """
            s = connect(); s.sendall(b"GET /big.bin HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
            time.sleep(3)
            """, limit: "send", plain: true, options: ["--root", folder.path],
            path: "/big.bin")
        #expect(journal.contains { $0.name == "closed" && $0.text("how") == "reset" })
    }

    @Test func garbageInsteadOfTLSEndsTheHandshakeWithAReason() throws {
        let server = try Faultserve([])
        _ = try run(
            "sh", ["-c", "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -q 2 127.0.0.1 \(server.port)"])
        let failed = try server.event("handshake-failed")
        #expect(failed?.text("reason")?.contains("http request") == true, "\(server.said)")
    }

    @Test func descriptorsAndMemoryReturnToWhereTheyWere() throws {
        let server = try Faultserve(["--quiet", "--limit", "handshake=500ms"])
        // Garbage on so many connections at once, so many times over.
        func storm(_ rounds: Int, of count: Int) throws {
            let client = """
                import random, socket
                random.seed(7)
                for _ in range(\(rounds)):
                    open = [socket.create_connection(("127.0.0.1", \(server.port))) for _ in range(\(count))]
                    for s in open:
                        s.sendall(random.randbytes(random.randrange(1, 2000)))
                        if random.random() < 0.5: s.close()
                    for s in open: s.close()
                """
            try run("python3", ["-c", client])
        }
        func settle(_ count: Int) throws {
            let deadline = Date(timeIntervalSinceNow: 15)
            while try server.descriptors() > count, Date() < deadline { usleep(20_000) }
        }
        try server.curl(["-o", "/dev/null", server.url + "/firmware.bin"])
        let before = try server.descriptors()
        // What allocators keep is what most connections at once have needed, so these come first: how many
        // of a storm's rounds meet in the server is up to the machine.
        try storm(2, of: 500)
        try settle(before)
        let warm = try server.resident()
        for _ in 0..<3 { try storm(10, of: 50) }
        try settle(before)
        #expect(try server.descriptors() <= before)
        let after = try server.resident()
        #expect(after - warm < 8 << 10, "from \(warm) to \(after) KiB")
    }
}
