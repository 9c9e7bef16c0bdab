import Foundation
import Testing

/// Ways in which a handshake fails, on the virtual board: what ESP-IDF logs, and what the server hears
/// (ESP-IDF v5.3.2 with Mbed TLS 3.6, observed).
@Suite struct RowCodeTests {
    private struct Row {
        let id: String
        let profile: String
        /// In the device's log; nil: it has nothing to complain of.
        let code: String?
        /// Of the client; nil: it sends none.
        let alert: String?

        init(_ id: String, _ profile: String, _ code: String?, _ alert: String? = nil) {
            (self.id, self.profile, self.code, self.alert) = (id, profile, code, alert)
        }
    }

    private static let rows = [
        Row("tls-silent", "tls-silent", "Failed to open new connection in specified timeout"),
        Row("tls-drip", "tls-drips", nil),
        Row("tls-eof", "tls-eof", "-0x7280"),
        Row("tls-plain-http", "plain-http", "-0x7200"),
        Row("tls-fatal-alert", "alert-40", "-0x7780"),
        Row("tls-max-1.1", "tls-1.1", "-0x6E80", "protocol_version"),
        Row("tls-min-1.3", "tls-1.3", "-0x7780"),
        Row("tls-no-common-cipher", "no-common-cipher", "-0x7780"),
        Row("tls-client-cert-required", "client-certificate", "-0x7780"),
        Row("tls-server-key-p192", "p192", "-0x7780"),
        Row("tls-small-rx-record", "records-too-large", "-0x7100"),
        Row("tls-misleading-verified", "alert-40", "Certificate verified."),
        Row("tls-renegotiate", "renegotiation", nil),
        // The board has no heap that could run out. Neither it nor a device joins the pieces of a message that is
        // longer than a record.
        Row("tls-alloc-fail", "chain-of-20-kib", "-0x7080"),
        Row("x509-untrusted-ca", "unknown-ca", "-0x2700", "unknown_ca"),
        Row("x509-lookalike-ca", "lookalike-ca", "-0x2700", "unknown_ca"),
        Row("x509-self-signed", "self-signed", "-0x2700", "unknown_ca"),
        Row("x509-leaf-pinned-not-self-issued", "leaf-pinned", "-0x2700", "unknown_ca"),
        Row("x509-name-mismatch", "bad-cn", "-0x2700", "bad_certificate"),
        Row("x509-cn-ignored-when-san", "cn-right-san-wrong", "-0x2700", "bad_certificate"),
        Row("x509-ip-no-match", "ip-of-another", "-0x2700", "bad_certificate"),
        Row("x509-ip-no-match", "ip-in-cn-beside-names", "-0x2700", "bad_certificate"),
        Row("x509-wildcard-depth", "wildcard-of-two-levels", "-0x2700", "bad_certificate"),
        Row("x509-wildcard-depth", "wildcard-for-bare-name", "-0x2700", "bad_certificate"),
        Row("x509-wildcard-depth", "wildcard-in-a-label", "-0x2700", "bad_certificate"),
        Row("x509-expired", "expired-cert", "-0x2700", "certificate_expired"),
        Row("x509-not-yet-valid", "not-yet-valid", "-0x2700", "certificate_unknown"),
        Row("x509-expired-intermediate", "intermediate-expired", "-0x2700", "certificate_expired"),
        Row("x509-missing-intermediate", "intermediate-missing", "-0x2700", "unknown_ca"),
        Row("x509-intermediate-not-ca", "intermediate-no-ca", "-0x2700", "unknown_ca"),
        Row("x509-pathlen", "intermediate-too-deep", "-0x2700", "unknown_ca"),
        Row("x509-chain-too-deep", "chain-of-nine", "-0x3000", "access_denied"),
        Row("x509-weak-rsa", "rsa-1024", "-0x2700", "unsupported_certificate"),
        Row("x509-sha1", "sha1", "-0x2700", "certificate_unknown"),
        Row("x509-wrong-eku", "client-usage", "-0x7A00", "unsupported_certificate"),
        Row("x509-wrong-ku", "encipherment-usage", "-0x7A00", "unsupported_certificate"),
        Row("x509-bundle-no-match", "bundle-unknown-ca", "-0x3000", "access_denied"),
        Row("x509-bundle-other-flag", "bundle-bad-cn", "-0x2700", "bad_certificate"),
    ]

    private struct Run: Decodable {
        struct Line: Decodable {
            let side: String
            let text: String
        }
        let profile: String
        let alerts: [String]
        let outcome: String
        let transcript: [Line]
    }

    @Test(.timeLimit(.minutes(3))) func eachIsLoggedAsOnADevice() throws {
        let folder = try Folder()
        let profiles = Set(Self.rows.map(\.profile)).sorted()
        let done = try run(
            binary, ["test", "--json", folder.file("json"), "--method", "simple"] + profiles,
            within: 150)
        #expect(done.status == 0, "\(done.output)")
        let runs = try JSONDecoder().decode([Run].self, from: folder.bytes("json"))
        for row in Self.rows {
            let run = try #require(runs.first { $0.profile == row.profile })
            let log = run.transcript.filter { $0.side == "device" }.map(\.text)
            let errors = log.filter {
                $0.contains("returned -0x") || $0.contains("read error :-0x")
            }
            if let code = row.code {
                #expect(log.contains { $0.contains(code) }, "\(row.profile): \(errors)")
            } else {
                #expect(errors.isEmpty && run.outcome == "updated", "\(row.profile): \(errors)")
            }
            #expect(run.alerts == [row.alert].compactMap { $0 }, "\(row.profile)")
            let text = try String(
                contentsOfFile: "\(checkout)/profiles/\(row.profile).yaml", encoding: .utf8)
            #expect(text.contains(row.id), "\(row.profile) covers no \(row.id)")
        }
    }

    /// None of the ways of a handshake and of certificates is left out.
    @Test func thereAreAllOfThem() throws {
        let listed = try run(binary, ["list", "coverage"]).output
        let ids = Set(listed.matches(of: #/\n  ((tls|x509)-[a-z0-9.-]+) /#).map { String($0.1) })
        #expect(ids == Set(Self.rows.map(\.id)))
    }
}
