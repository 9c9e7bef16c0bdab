import Foundation
import Testing

/// How connections end, and what the journal says of it: what only real sockets show.
@Suite struct ConnectionTests {
    private static let get = "GET /firmware.bin HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"

    /// Runs a Python client whose socket is `s`, TLS included unless the server is plain.
    private func client(of server: Faultserve, _ script: String) throws -> String {
        let tls = """
            import ssl
            context = ssl.create_default_context(cafile="\(server.ca)")
            s = context.wrap_socket(s, server_hostname="127.0.0.1")

            """
        let prelude = """
            import socket, time
            s = socket.create_connection(("127.0.0.1", \(server.port)), 10); s.settimeout(10)
            get = b"\(Self.get)"
            def drain(s):
                data = b""
                try:
                    while part := s.recv(65536): data += part
                except ConnectionResetError:
                    pass
                return data

            """
        let done = try run("python3", ["-c", prelude + (server.ca.isEmpty ? "" : tls) + script])
        #expect(done.status == 0, "\(done.errors)")
        return done.output
    }

    private func closed(_ server: Faultserve) throws -> JournalEvent {
        try #require(try server.event("closed"), "no connection was closed: \(server.said)")
    }

    @Test(arguments: ["http", "link"])
    func aClientThatLeavesEndsTheScheduleThatHeldItsBytesBack(place: String) throws {
        let server = try Faultserve(["--fault", "stall on=\(place) at=6000 for=1h"])
        _ = try self.client(of: server, "s.sendall(get); time.sleep(0.3); s.close()")
        let closed = try self.closed(server)
        #expect(closed.text("by") == "client")
        #expect(try server.journalSoFar().contains { $0.name == "response" })
    }

    @Test func aResponseThatATapCutShortIsNotComplete() throws {
        let server = try Faultserve(["--fault", "truncate on=http at=2KiB", "--exit-after", "1"])
        try server.curl(["-o", "/dev/null", server.url + "/firmware.bin"])
        #expect(server.waitForEnd(within: 10) == 0)
        let journal = try server.journal()
        let responses = journal.filter { $0.name == "response" }
        #expect(responses.map { $0["complete"] as? Bool } == [false])
        #expect(journal.suffix(3).map(\.name) == ["response", "closed", "stop"])
    }

    @Test func aHangIsOverWhenTheClientLeavesAndNotBefore() throws {
        let server = try Faultserve(["--fault", "stall at=10%", "--exit-after", "1"])
        let done = try server.curl(["-m", "3", "-o", "/dev/null", server.url + "/firmware.bin"])
        #expect(done.status == 28)
        #expect(server.waitForEnd(within: 10) == 0)
        let closed = try self.closed(server)
        #expect(closed.text("by") == "client")
        #expect(closed.text("how") == "clean", "curl says close_notify when it gives up")
    }

    @Test func aClientThatGivesUpCountsAsAResponse() throws {
        let server = try Faultserve(["--fault", "throttle rate=1KiB/s", "--exit-after", "1"])
        try server.curl(["-m", "1", "-o", "/dev/null", server.url + "/firmware.bin"])
        #expect(server.waitForEnd(within: 10) == 0)
    }

    @Test func resetWaitsForAClientThatIsSlow() throws {
        let server = try Faultserve(["--plain", "--fault", "truncate at=600000 ending=reset"])
        let script = """
            s.close(); s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.connect(("127.0.0.1", \(server.port))); s.sendall(get); time.sleep(2.5)
            print(len(drain(s).partition(b"\\r\\n\\r\\n")[2]))
            """
        #expect(try self.client(of: server, script) == "600000\n")
    }

    @Test func aClientThatLeavesInTheHandshakeIsAHandshakeThatFailed() throws {
        let server = try Faultserve([])
        _ = try run(
            "python3",
            [
                "-c",
                """
                import socket
                s = socket.create_connection(("127.0.0.1", \(server.port)))
                s.sendall(bytes([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])); s.close()
                """,
            ])
        #expect(try server.event("handshake-failed") != nil)
    }

    @Test(arguments: ["1.2", "1.3"])
    func aClientThatRefusesTheCAIsTheOneThatEnds(version: String) throws {
        let server = try Faultserve([])
        let done = try run(
            "curl", ["-sS", "--tlsv\(version)", "--tls-max", version, server.url + "/firmware.bin"])
        #expect(done.status == 60)
        let failed = try #require(try server.event("handshake-failed"))
        #expect(failed.text("alert") == "unknown_ca")
        #expect(failed.text("alertFrom") == "client")
        #expect(try self.closed(server).text("by") == "client")
    }

    @Test func oneConnectionTooManyIsResetAndAccountedFor() throws {
        let server = try Faultserve(["--plain", "--limit", "connections=1"])
        let script = """
            try: print(drain(socket.create_connection(("127.0.0.1", \(server.port)))))
            except ConnectionResetError: print(b"")
            """
        #expect(try self.client(of: server, script) == "b''\n")
        let refused = try #require(
            try server.event("closed", where: { $0.number("connection") == 2 }))
        #expect(refused.text("how") == "reset")
    }

    @Test func silentConnectionsAreProbedSoThatADeviceWithoutPowerIsNoticed() throws {
        let server = try Faultserve(["--plain", "--fault", "stall at=10%"])
        let script = """
            s.sendall(get); s.recv(100); time.sleep(0.3)
            here = "%04X" % s.getsockname()[1]; there = "%04X" % \(server.port)
            rows = [r.split() for f in ("tcp", "tcp6") for r in open("/proc/net/" + f)]
            print([r[5][:2] for r in rows if r[1].endswith(there) and r[2].endswith(here)])
            """
        // The timer that runs is the one of keepalive (proc_net_tcp.txt).
        #expect(try self.client(of: server, script) == "['02']\n")
    }

    @Test(arguments: [[], ["--fault", "expired when.connection=99"]])
    func sessionsAreResumedUnlessARuleEditsTheHandshake(rules: [String]) throws {
        let server = try Faultserve(rules)
        for version in ["-tls1_2", "-tls1_3"] {
            for option in ["-sess_out", "-sess_in"] {
                let file = server.folder.file("session\(version)")
                try run(
                    "sh",
                    [
                        "-c",
                        """
                        (printf 'GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'; sleep 0.3) |
                        openssl s_client -connect 127.0.0.1:\(server.port) -ign_eof \(version) \(option) \(file)
                        """,
                    ])
            }
        }
        let resumed = try server.journal().filter { $0.name == "handshake" }
            .map { $0["resumed"] as? Bool }
        // Without a ticket there is no file to resume from, and that client does not even connect.
        if rules.isEmpty {
            #expect(resumed == [false, true, false, true])
        } else {
            #expect(!resumed.isEmpty && resumed.allSatisfy { $0 == false })
        }
    }

    @Test func stopsAtOnceWhileAConnectionHangs() throws {
        let server = try Faultserve(["--fault", "stall at=10%"])
        try server.curl(["-m", "1", "-o", "/dev/null", server.url + "/firmware.bin"])
        let began = Date()
        #expect(server.stop() == 0)
        #expect(Date().timeIntervalSince(began) < 3)
    }
}
