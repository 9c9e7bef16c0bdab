import Foundation
import Testing

/// What certificates cost: at the start, and in a handshake.
@Suite struct IdentityCostTests {
    /// Names, keys, subjects, chains and issuers, a hundred in all.
    private static let hundred = (1...100).flatMap { number -> [String] in
        let fault =
            switch number % 5 {
            case 0: "certificate-names san=DNS:host-\(number).example"
            case 1: "certificate-key kind=p384"
            case 2: "certificate-subject attributes=O=Organisation-\(number)"
            case 3: "intermediate count=\(1 + number / 20) permits=DNS:host-\(number).example"
            default: "certificate-names san=IP:192.0.2.\(number) cn=host-\(number).example"
            }
        let issuer =
            number % 7 == 0
            ? ["--fault", "certificate-issuer who=lookalike when.connection=\(number)"] : []
        return ["--fault", "\(fault) when.connection=\(number)"] + issuer
    }

    @Test func aHundredAreReadyInTwoSeconds() throws {
        let began = Date()
        let server = try Faultserve(Self.hundred, host: "localhost")
        let seconds = Date().timeIntervalSince(began)
        #expect(seconds < 2, "\(seconds) s")
        // Each connection is shown its own.
        var prints: Set<String> = []
        for _ in 1...20 {
            let shown = try run(
                "sh",
                [
                    "-c",
                    """
                    openssl s_client -connect 127.0.0.1:\(server.port) </dev/null 2>/dev/null |
                        openssl x509 -noout -fingerprint -sha256
                    """,
                ])
            prints.insert(shown.output)
        }
        #expect(prints.count == 20 - 3, "four of twenty have another kind of key alone")
    }

    /// Handshakes with a certificate that a fault has made, and with the honest one, by turns.
    @Test(.timeLimit(.minutes(2))) func aHandshakeCostsNoMoreThanAnHonestOne() throws {
        let server = try Faultserve(
            [
                "--fault", "certificate-names san=DNS:other.localhost when.sni=other.localhost",
                "--quiet",
            ], host: "localhost")
        let script = """
            import socket, ssl, statistics, sys, time
            context = ssl.create_default_context(cafile=sys.argv[1])
            times = {"localhost": [], "other.localhost": []}
            for turn in range(400):
                for name, list in sorted(times.items(), reverse=turn % 2 == 1):
                    with socket.create_connection(("127.0.0.1", int(sys.argv[2]))) as plain:
                        began = time.perf_counter()
                        with context.wrap_socket(plain, server_hostname=name) as tls:
                            list.append(time.perf_counter() - began)
            honest, other = (statistics.median(list) for list in times.values())
            print(honest * 1e6, other * 1e6)
            """
        let done = try run("python3", ["-c", script, server.ca, "\(server.port)"], within: 100)
        let medians = done.output.split(separator: " ").compactMap {
            Double($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        try #require(medians.count == 2, "\(done.errors)")
        #expect(medians[1] < medians[0] * 1.1, "\(medians) microseconds")
        print("handshakes: honest \(Int(medians[0])) us, of a fault \(Int(medians[1])) us")
    }
}
