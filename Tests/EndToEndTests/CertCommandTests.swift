import Foundation
import Testing

/// `faultserve cert`.
@Suite struct CertCommandTests {
    @Test func showsWhatAProfilePresents() throws {
        let folder = try Folder()
        let shown = try run(
            binary,
            [
                "cert", "show", "--profile", "intermediate-expired", "--ca-dir", folder.file("ca"),
                "--host", "a.example",
            ])
        #expect(shown.status == 0, "\(shown.errors)")
        let blocks = shown.output.components(separatedBy: "\n\n")
        #expect(blocks.count == 2, "\(shown.output)")
        #expect(blocks[0].hasPrefix("leaf\n  subject  a.example\n  names    DNS:a.example\n"))
        #expect(blocks[1].hasPrefix("chain, 1\n"))
        #expect(blocks[1].contains("use      a CA, for any name"))
    }

    @Test func showsFiles() throws {
        let folder = try Folder()
        try run(
            binary,
            ["cert", "--out", folder.path, "--ca-dir", folder.file("ca"), "--host", "192.0.2.7"])
        let shown = try run(
            binary, ["cert", "show", folder.file("ca_cert.pem"), folder.file("server_cert.pem")])
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(shown.output.contains("issuer   itself"))
        #expect(shown.output.contains("names    IP:192.0.2.7, DNS:192.0.2.7"))
        // OpenSSL reads the same.
        let read = try run(
            "openssl",
            ["x509", "-in", folder.file("server_cert.pem"), "-noout", "-fingerprint", "-sha256"])
        let fingerprint = try #require(read.output.split(separator: "=").last)
        #expect(
            shown.output.contains(fingerprint.trimmingCharacters(in: .whitespacesAndNewlines)))
        let missing = try run(binary, ["cert", "show", folder.file("none.pem")])
        #expect(missing.status == 66)
    }

    /// The rules say of each profile's names what clients say that follow them.
    @Test func theMatrixSaysWhatClientsDo() throws {
        let printed = try run(
            binary, ["cert", "matrix", "--host", "192.168.2.106", "--json"])
        #expect(printed.status == 0, "\(printed.errors)")
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(printed.output.utf8)) as? [[String: Any]])
        #expect(rows.count > 15)
        let table = try String(contentsOfFile: "\(checkout)/docs/clients.md", encoding: .utf8)
        var compared = 0
        for row in rows {
            let profile = try #require(row["profile"] as? String)
            let isTaken = try #require(row["isTaken"] as? [String: Bool])
            guard row["host"] as? String != "192.168.2.106",
                let line = table.split(separator: "\n").first(where: {
                    $0.hasPrefix("| `\(profile)` |")
                })
            else { continue }
            let cells = line.split(separator: "|").map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            // OpenSSL's 62 is a hostname that does not match.
            let mismatches = cells[2] == "verify 62"
            guard mismatches || cells[2] == "ok" else { continue }
            compared += 1
            #expect(isTaken["OpenSSL"] == !mismatches, "\(profile)")
        }
        #expect(compared > 3)
    }

    @Test func theMatrixIsATable() throws {
        let printed = try run(binary, ["cert", "matrix", "--host", "a.example"])
        let lines = printed.output.split(separator: "\n")
        #expect(lines[0].contains("RFC 6125") && lines[0].contains("Mbed TLS < 3.5"))
        let honest = try #require(lines.first { $0.hasPrefix("(none)") })
        #expect(honest.matches(of: #/takes it/#).count == 4, "\(honest)")
    }

    @Test(arguments: [
        (["show", "--profile", "uri-only"], "names    URI:https://localhost/"),
        (["show", "--profile", "no-subject"], "subject  none"),
        (["show", "--profile", "intermediate-no-ca"], "signs no others"),
        (["show", "--ca-constrain", "lab.example"], "names    DNS:lab.example"),
    ])
    func saysWhatIsOddAboutACertificate(words: [String], said: String) throws {
        let folder = try Folder()
        let shown = try run(binary, ["cert"] + words + ["--ca-dir", folder.file("ca")])
        #expect(shown.status == 0 && shown.output.contains(said), "\(shown)")
    }

    @Test(arguments: [
        (["make", "--self-signed", "--expired-ca"], "--self-signed makes no CA"),
        (["make", "--ca-constrain", "*.lab.example"], "leave out the '*.'"),
        (["show", "a.pem", "--profile", "bad-cn"], "leave out the files or the options"),
        (
            ["show", "--cert", "a", "--key", "b", "--ca-constrain", "c.example"],
            "--cert brings its own CA"
        ),
    ])
    func wordsThatDoNotFitTogetherAreSaid(words: [String], said: String) throws {
        let folder = try Folder()
        let done = try run(
            binary, ["cert"] + words + ["--ca-dir", folder.file("ca")],
            environment: ["XDG_STATE_HOME": folder.path])
        #expect(done.status == 64 && done.errors.contains(said), "\(done)")
    }

    /// A constrained CA vouches for its names, and OpenSSL, GnuTLS and the server itself see to it. Mbed TLS trusts it
    /// all the same.
    @Test func aConstrainedCAVouchesForItsNamesAlone() throws {
        let constrain = ["--ca-constrain", "lab.example", "--ca-constrain", "127.0.0.1"]
        let state = try Folder()
        let server = try Faultserve(
            constrain + [
                "--host", "updates.lab.example", "--host", "127.0.0.1", "--fault",
                "certificate-names san=DNS:other.example when.connection=2..3",
            ], state: state)
        func ask(_ host: String) throws -> Finished {
            try run(
                "curl",
                [
                    "-sS", "-o", "/dev/null", "--cacert", server.ca, "--resolve",
                    "\(host):\(server.port):127.0.0.1",
                    "https://\(host):\(server.port)/firmware.bin",
                ])
        }
        #expect(try ask("updates.lab.example").status == 0)
        let refused = try ask("other.example")
        #expect(refused.status == 60 && refused.errors.contains("permitted subtree violation"))
        let gnutls = try run(
            "gnutls-cli",
            [
                "--x509cafile", server.ca, "--verify-hostname", "other.example", "-p",
                "\(server.port)", "127.0.0.1",
            ], input: "", within: 20)
        #expect(
            (gnutls.output + gnutls.errors).contains(
                "The certificate chain violates the signer's constraints"))
        #expect(try ask("127.0.0.1").status == 0)
        let updated = try VirtualBoard().run("simple", from: server)
        #expect(updated.running == "ota_0 2.0.0", "\(updated.console)")

        let ca = ["--ca-dir", state.file("state/faultserve")]
        let outside = try run(
            binary, ["cert", "--out", state.path, "--host", "elsewhere.example"] + ca)
        #expect(outside.status == 64 && outside.errors.contains("lab.example, 127.0.0.1 alone"))
        let shown = try run(binary, ["cert", "show", server.ca])
        #expect(shown.output.contains("use      a CA, for lab.example, 127.0.0.1 alone"))
        let inside = try run(binary, ["cert", "--out", state.path, "--force"] + ca)
        #expect(inside.status == 0 && inside.output.contains("DNS:lab.example"), "\(inside)")
        let other = try run(
            binary, ["cert", "--out", state.path, "--ca-constrain", "b.example"] + ca)
        #expect(other.status == 64 && other.errors.contains("choose another folder by --ca-dir"))
    }
}
