import Foundation
import Testing

/// Two thousand handshakes that go wrong, with every fault of TLS in turn, and random bytes; with WHOLE=1 ten thousand.
@Suite struct HandshakeFloodTests {
    /// Those that end by themselves, as a client is to wait for none.
    private static let faults = [
        "alpn answer=h2", "another-key", "certificate-chain how=doubled",
        "certificate-chain padding=20KiB", "certificate-digest digest=sha1",
        "certificate-issuer who=lookalike", "certificate-key kind=p384",
        "certificate-names san=DNS:*.b.example", "certificate-oddity what=broken-signature",
        "certificate-oddity what=garbled-names", "certificate-oddity what=unknown-critical",
        "certificate-subject attributes=none", "certificate-usage extended=clientAuth",
        "ciphers list=DHE-RSA-AES128-GCM-SHA256", "client-certificate wants=trusted",
        "client-certificate wants=refused", "dh-group kind=512", "drop-record on=link record=1",
        "edit-server-hello on=link version=0x0302", "edit-server-hello on=link cipher=0x0005",
        "empty-records on=link record=1 count=10", "expired", "fatal-alert number=80",
        "flip-record on=link record=1", "groups list=X448", "groups list=P-521",
        "handshake-end on=link before=certificate", "handshake-end on=link before=finished",
        "inject-alert on=link record=1", "post-handshake after=1", "intermediate flaw=missing",
        "intermediate flaw=path-length", "not-tls", "not-yet-valid", "ocsp-staple status=revoked",
        "plain-http", "record-header on=link content-type=99 record=1", "record-size bytes=16",
        "repeat-record on=link record=1", "sessions tickets=refused",
        "split-record on=link record=1 of=any", "swap-records on=link record=1",
        "tls-versions max=1.2", "truncate on=link at=40", "wrong-name",
    ]
    /// Those that wait for a client that has enough of it.
    private static let silent = [
        "handshake-end on=link before=server-hello ending=hang",
        "handshake-end on=link before=finished ending=hang", "stall on=link at=40 for=1h",
        "throttle on=link rate=100B/s", "truncate on=link at=700 ending=hang",
    ]
    private static let count =
        ProcessInfo.processInfo.environment["WHOLE"] == nil ? 2_000 : 10_000

    @Test(.timeLimit(.minutes(6)))
    func leavesMemoryAndDescriptorsWhereTheyWere() throws {
        // Each fault has so many connections, one after the other, and then it is the next one's turn.
        let all = Self.silent + Self.faults
        let share = Self.count / all.count + 1
        var next = 1
        let rules = all.flatMap { fault -> [String] in
            defer { next += share + 1 }
            return ["--fault", "\(fault) when.connection=\(next)..\(next + share - 1)"]
        }
        let server = try Faultserve(rules + ["--quiet"])
        let flood = """
            import random, socket, ssl, sys
            port, count, seed, patience = int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
            random.seed(seed)
            context = ssl.create_default_context(cafile=sys.argv[1])
            for number in range(count):
                with socket.create_connection(("127.0.0.1", port), timeout=patience) as plain:
                    try:
                        if number % 10 == 9:
                            plain.sendall(b"\\x16\\x03\\x01" + random.randbytes(random.randrange(1, 600)))
                            plain.shutdown(socket.SHUT_WR)
                            while plain.recv(4096): pass
                        else:
                            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                                secure.sendall(b"HEAD /firmware.bin HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
                                while secure.recv(4096): pass
                    except (ssl.SSLError, OSError):
                        pass
            """
        var warm = (memory: 0, descriptors: 0)
        for (index, fault) in all.enumerated() {
            let patience = index < Self.silent.count ? "0.05" : "20"
            let done = try run(
                "python3",
                ["-c", flood, server.ca, "\(server.port)", "\(share)", "\(index)", patience],
                within: 120)
            #expect(done.status == 0, "\(fault): \(done.errors)")
            // Meanwhile one whom no fault strikes is served.
            let honest = try server.curl(["-o", "/dev/null", server.url + "/firmware.bin"])
            #expect(honest.status == 0, "after \(fault): \(honest.errors)")
            // The first half has met what a handshake can need.
            if index == all.count / 2 { warm = (try server.resident(), try server.descriptors()) }
        }
        let deadline = Date(timeIntervalSinceNow: 15)
        while try server.descriptors() > warm.descriptors, Date() < deadline { usleep(20_000) }
        #expect(try server.descriptors() <= warm.descriptors)
        let after = try server.resident()
        #expect(after - warm.memory < 8 << 10, "from \(warm.memory) to \(after) KiB")
        // Each fault has struck, in each of its turns but those that were random bytes.
        let stop = try #require(try server.journal().last { $0.name == "stop" })
        let tally = try #require(stop["rules"] as? [[String: Any]])
        #expect(tally.count == all.count)
        for (fault, rule) in zip(all, tally) {
            let struck = (rule["struck"] as? NSNumber)?.intValue ?? 0
            #expect(struck > share / 2, "\(fault): \(struck) of \(share)")
        }
    }
}
