import FirmwareImage
import Foundation
import Testing

/// Profiles of TLS and certificates, as OpenSSL's client sees them.
@Suite struct HandshakeProfileTests {
    /// What `openssl s_client` says of each; nil: that all is well.
    static let sayings: [(profile: String, said: String?)] = [
        ("cn-right-san-wrong", "hostname mismatch"), ("cn-only", nil),
        ("ip-of-another", "hostname mismatch"), ("wildcard-for-bare-name", "hostname mismatch"),
        ("names-in-capitals", nil), ("ip-in-cn-beside-names", nil),
        ("unknown-ca", "unable to get local issuer certificate"),
        ("lookalike-ca", "unable to get local issuer certificate"),
        ("self-signed", "self-signed certificate"), ("intermediate-ca", nil),
        ("intermediate-missing", "unable to get local issuer certificate"),
        ("intermediate-no-ca", "invalid CA certificate"),
        ("intermediate-too-deep", "path length constraint exceeded"), ("chain-of-nine", nil),
        ("intermediate-expired", "certificate has expired"),
        ("not-yet-valid", "certificate is not yet valid"), ("rsa-1024", "key too weak"),
        ("rsa-4096", nil), ("p192", "alert handshake failure"),
        ("sha1", "signature digest algorithm too weak"),
        ("client-usage", "unsuitable certificate purpose"), ("encipherment-usage", nil),
        ("tls-1.1", "legacy sigalg disallowed"), ("tls-1.3", nil),
        ("no-common-cipher", "alert handshake failure"), ("alert-40", "SSL alert number 40"),
        ("plain-http", "wrong version number"), ("tls-eof", "unexpected eof while reading"),
        ("tls-drips", nil),
    ]

    private func openssl(_ profile: String, _ more: [String] = []) throws -> Finished {
        let server = try Faultserve([
            "--profile", profile, "--host", "localhost", "--host", "127.0.0.1",
        ])
        return try run(
            "openssl",
            [
                "s_client", "-brief", "-CAfile", server.ca, "-verify_return_error",
                "-verify_hostname", "localhost", "-servername", "localhost", "-connect",
                "127.0.0.1:\(server.port)",
            ] + more, within: 30)
    }

    @Test(arguments: sayings.map(\.profile))
    func opensslSaysWhatIsWrong(profile: String) throws {
        let done = try self.openssl(profile)
        let said = done.output + done.errors
        if let wrong = Self.sayings.first(where: { $0.profile == profile })?.said {
            #expect(said.contains(wrong) && done.status != 0, "\(said)")
        } else {
            #expect(said.contains("Verification: OK") && done.status == 0, "\(said)")
        }
    }

    /// The alerts of OpenSSL's client, and a word of the cause that the terminal gives.
    @Test(arguments: [
        ("unknown-ca", "unknown_ca", "does not trust"),
        ("another-key", "decrypt_error", "signature"),
        ("expired-cert", "certificate_expired", "clock"),
        ("not-yet-valid", "bad_certificate", "not valid yet"),
        ("rsa-1024", "bad_certificate", "too weak"), ("sha1", "bad_certificate", "digest"),
        ("client-usage", "unsupported_certificate", "usage"),
        ("names-not-permitted", "certificate_unknown", "may not vouch"),
        ("cipher-changed", "illegal_parameter", "not offered"),
        ("tls-1.1", "internal_error", "so old a TLS version"),
    ])
    func theServerSaysWhyAClientRefused(profile: String, alert: String, cause: String) throws {
        let server = try Faultserve(["--profile", profile, "--host", "localhost"])
        _ = try run(
            "curl", ["-sS", "--cacert", server.ca, "https://localhost:\(server.port)/firmware.bin"])
        let event = try #require(try server.journal().first { $0.name == "handshake-failed" })
        #expect(event.text("alert") == alert && event.text("alertFrom") == "client")
        #expect(server.said.contains(cause), "\(server.said)")
    }

    @Test func aServerOfOneVersionRefusesOthers() throws {
        let old = try self.openssl("tls-1.3", ["-tls1_2"])
        #expect((old.output + old.errors).contains("alert protocol version"), "\(old.errors)")
    }

    @Test func aClientCertificateIsWanted() throws {
        let done = try self.openssl("client-certificate", ["-tls1_2"])
        #expect((done.output + done.errors).contains("alert handshake failure"), "\(done.errors)")
    }

    /// What is weak in a plan is weak there alone.
    @Test func anHonestServerHasNothingWeak() throws {
        for version in ["-tls1", "-tls1_1"] {
            let done = try self.openssl("none", [version, "-cipher", "ALL:@SECLEVEL=0"])
            #expect(done.status != 0)
            #expect((done.output + done.errors).contains("alert protocol version"))
        }
    }

    /// Both sides write the same secrets, and the server's file is its owner's alone.
    @Test func secretsAreLoggedWhereItIsAskedFor() throws {
        let folder = try Folder()
        let server = try Faultserve(["--keylog", folder.file("server")])
        for version in ["--tlsv1.3", "--tls-max=1.2"] {
            let done = try run(
                "curl",
                [
                    "-sS", version.hasPrefix("--tls-max") ? "--tls-max" : version,
                    version.hasPrefix("--tls-max") ? "1.2" : "--http1.1", "--cacert", server.ca,
                    "-o",
                    "/dev/null", server.url + "/firmware.bin",
                ], within: 30, environment: ["SSLKEYLOGFILE": folder.file("client")])
            #expect(done.status == 0, "\(done.errors)")
        }
        func lines(_ name: String) throws -> Set<Substring> {
            Set(String(decoding: try folder.bytes(name), as: UTF8.self).split(separator: "\n"))
        }
        let logged = try lines("server")
        #expect(try lines("client") == logged)
        for label in ["CLIENT_RANDOM ", "SERVER_TRAFFIC_SECRET_0 "] {
            #expect(logged.contains { $0.hasPrefix(label) }, "\(logged)")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: folder.file("server"))
        #expect(mode[.posixPermissions] as? Int == 0o600)
    }

    /// The end of a response stays behind what waits for a renegotiation in its last bytes.
    @Test func noByteIsLostBehindARenegotiation() throws {
        let server = try Faultserve([
            "--fault", "post-handshake what=hello-request after=602300",
        ])
        let done = try server.curl([
            "-H", "Connection: close", "-o", server.folder.file("f"), server.url + "/firmware.bin",
        ])
        #expect(done.status == 0, "\(done.errors)")
        #expect(try server.folder.bytes("f") == Data(AppImage.demo().bytes))
    }

    /// What OpenSSL does not know is said before a client comes.
    @Test func groupsThatAreNoneAreSaidAtTheStart() throws {
        let done = try run(
            binary, ["--port", "0", "--fault", "groups list=P-521,nonsense"], within: 20)
        #expect(done.status == 65 && done.errors.contains("no such groups"), "\(done.errors)")
    }

    /// Who resumes with a ticket does not see that the certificate has changed; whose ticket is not taken does.
    @Test(arguments: [("resumed-with-new-certificate", "Reused"), ("tickets-refused", "New")])
    func aTicketIsTakenOrNot(profile: String, said: String) throws {
        let folder = try Folder()
        let server = try Faultserve(["--profile", profile, "--host", "localhost"])
        func client(_ words: String) throws -> String {
            let done = try run(
                "sh",
                [
                    "-c",
                    "(printf 'HEAD / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'; sleep 0.3) | timeout 10 openssl s_client "
                        + "-CAfile \(server.ca) -servername localhost -tls1_2 "
                        + "-connect 127.0.0.1:\(server.port) \(words) 2>&1",
                ], within: 30)
            return done.output
        }
        let session = folder.file("session")
        #expect(try client("-sess_out \(session)").contains("New, TLSv1.2"))
        #expect(try client("-sess_in \(session)").contains("\(said), TLSv1.2"))
    }

    /// curl counts bytes and knows an end without close_notify.
    @Test(arguments: [
        ("record-oversized", 56), ("tls-reset", 35), ("records-too-large", 0),
    ])
    func curlEndsSo(profile: String, status: Int32) throws {
        let server = try Faultserve(["--profile", profile])
        let done = try server.curl(["-o", "/dev/null", server.url + "/firmware.bin"])
        #expect(done.status == status, "\(done.errors)")
    }
}
