import Foundation
import Testing

/// What scanners of TLS say of a server without a fault.
@Suite struct TLSScannerTests {
    /// Findings of testssl.sh that are no matter of this server's, and why.
    private static let excused = [
        "engine_problem": "the scanner's own OpenSSL has no engine for GOST",
        "cert_revocation": "a private CA publishes no list of revocations",
        "DNS_CAArecord": "localhost has no records",
        "HSTS": "a matter of browsers: devices have no list of hosts to keep",
    ]
    /// The scanner asks for a ticket with a client that leaves at once, of TLS 1.3 often before it has come, and cannot
    /// resume then. That tickets work is tested elsewhere.
    private static let hasty = (
        id: "sessionresumption_ticket", text: "check failed because of connect problem"
    )

    @Test(.timeLimit(.minutes(5)))
    func testsslFindsNothingButAPrivateCA() throws {
        let server = try Faultserve([], host: "localhost")
        let report = server.folder.file("testssl.json")
        let done = try run(
            "testssl",
            [
                "--quiet", "--warnings", "off", "--color", "0", "--protocols", "--std", "--fs",
                "--server-preference", "--server-defaults", "--headers", "--vulnerable",
                "--add-ca", server.ca, "--jsonfile", report, "localhost:\(server.port)",
            ], within: 240)
        let json = try JSONSerialization.jsonObject(with: server.folder.bytes("testssl.json"))
        let findings = try #require(json as? [[String: Any]], "\(done.output)")
        var found: [String: String] = [:]
        for finding in findings {
            let id = finding["id"] as? String ?? ""
            let text = finding["finding"] as? String ?? ""
            found[id] = text
            guard let severity = finding["severity"] as? String,
                severity != "OK", severity != "INFO", (id, text) != Self.hasty
            else { continue }
            #expect(Self.excused[id] != nil, "\(severity) \(id): \(text)")
        }
        #expect(found["TLS1"] == "not offered" && found["TLS1_1"] == "not offered")
        #expect(found["TLS1_2"] == "offered" && found["TLS1_3"] == "offered with final")
        #expect(found["cert_chain_of_trust"] == "passed.")
        #expect(found["cert_trust"]?.hasPrefix("Ok via SAN") == true)
        // It went through to its last part.
        #expect(found["RC4"] == "not vulnerable")
    }

    @Test(.timeLimit(.minutes(2)))
    func sslscanFindsTwoVersionsAndStrongCiphers() throws {
        let server = try Faultserve([], host: "localhost")
        let report = try run(
            "sslscan", ["--no-colour", "--xml=-", "localhost:\(server.port)"], within: 60
        ).output
        let versions = report.matches(
            of: #/<protocol type="(ssl|tls)" version="([0-9.]+)" enabled="1"/#
        ).map { "\($0.1) \($0.2)" }
        #expect(versions == ["tls 1.2", "tls 1.3"])
        let ciphers = report.matches(of: #/<cipher status="[a-z]+" (.*?)\/>/#).map {
            String($0.1)
        }
        #expect(ciphers.count == 6, "\(report)")
        for cipher in ciphers {
            #expect(cipher.contains("GCM") || cipher.contains("CHACHA20"), "\(cipher)")
        }
        #expect(report.contains(#"<renegotiation supported="0""#))
        #expect(report.contains(#"<self-signed>false</self-signed>"#))
        #expect(report.contains(#"<expired>false</expired>"#))
        #expect(!report.contains(#"vulnerable="1""#))
    }
}
