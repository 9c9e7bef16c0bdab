import Foundation
import Testing

/// What clients that nobody here has written make of each profile of TLS and certificates.
///
/// docs/clients.md is the table; RECORD=1 writes it anew.
@Suite struct ClientTableTests {
    private static let file = checkout + "/docs/clients.md"
    private static let clients = ["curl", "openssl", "gnutls-cli", "python"]

    /// Profiles that strike in the handshake or in records, and that need no device of a special kind.
    private static func profiles() throws -> [String] {
        return try shippedProfiles().filter { name in
            guard
                let text = try? String(
                    contentsOfFile: "\(checkout)/profiles/\(name).yaml", encoding: .utf8)
            else { return false }
            let faults = text.matches(of: #/ fault: ([a-z-]+)/#).map { String($0.1) }
            return Self.streams.contains(name)
                || !faults.isEmpty && !text.contains("steps:")
                    && faults.allSatisfy { Self.faults.contains($0) }
                    && !Self.excluded.contains(name)
        }
    }

    private static let faults: Set<String> = [
        "alpn", "another-key", "certificate-chain", "certificate-digest", "certificate-issuer",
        "certificate-key", "certificate-names", "certificate-oddity", "certificate-subject",
        "certificate-usage", "ciphers", "client-certificate", "dh-group", "drop-record",
        "edit-server-hello",
        "empty-records", "expired", "fatal-alert", "flip-record", "groups", "handshake-end",
        "inject-alert", "post-handshake", "intermediate", "not-tls", "not-yet-valid", "ocsp-staple",
        "oversized-record", "plain-http", "record-header", "record-size", "repeat-record",
        "sessions", "split-record", "swap-records", "tls-versions", "wrong-name",
    ]
    /// Profiles of the handshake whose faults are of any stream.
    private static let streams: Set<String> = [
        "tls-silent", "tls-eof", "tls-drips", "handshake-in-single-bytes",
    ]
    /// What the second client sees is another thing than the first.
    private static let excluded: Set<String> = ["resumed-with-new-certificate"]

    /// The host that the profile's device calls.
    private static func host(of profile: String) throws -> String {
        let text = try String(
            contentsOfFile: "\(checkout)/profiles/\(profile).yaml", encoding: .utf8)
        return text.firstMatch(of: #/host: ([a-z0-9.-]+)/#).map { String($0.1) } ?? "localhost"
    }

    /// `ok`, or what the client says in a word or two.
    private static func verdict(
        _ client: String, _ server: Faultserve, host: String, in folder: Folder
    ) throws -> String {
        let (port, ca) = (String(server.port), server.ca)
        switch client {
        case "curl":
            let done = try run(
                "curl",
                [
                    "-sS", "--max-time", "10", "--cacert", ca, "--resolve",
                    "\(host):\(port):127.0.0.1",
                    "-o", "/dev/null", "https://\(host):\(port)/firmware.bin",
                ], within: 30)
            return done.status == 0 ? "ok" : "curl \(done.status)"
        case "openssl":
            let done = try run(
                "sh",
                [
                    "-c",
                    """
                    printf 'GET /firmware.bin HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' | timeout 10 \
                    openssl s_client -status -quiet -ign_eof -CAfile "$0" -verify_return_error -verify_hostname "$1" \
                    -servername "$1" -connect "127.0.0.1:$2" 2>&1 >"$3"
                    """, ca, host, port, folder.file("body"),
                ], within: 30)
            let size = try folder.bytes("body").count
            if size > Self.imageSize { return "ok" }
            let reason =
                done.output.firstMatch(of: #/verify error:num=(\d+)/#).map { "verify \($0.1)" }
                ?? done.output.firstMatch(of: #/SSL alert number (\d+)/#).map { "alert \($0.1)" }
                ?? done.output.firstMatch(of: #/:error:[0-9A-F]+:SSL routines:[a-z0-9_]*:([^:]+):/#)
                .map { String($0.1) }
            return reason ?? "ends"
        case "gnutls-cli":
            let done = try run(
                "sh",
                [
                    "-c",
                    """
                    (printf 'GET /firmware.bin HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n'; sleep 0.2) | \
                    timeout 10 gnutls-cli --x509cafile "$0" --verify-hostname "$1" --sni-hostname "$1" -p "$2" \
                    127.0.0.1 2>&1 >"$3"; true
                    """, ca, host, port, folder.file("body"),
                ], within: 30)
            let body = try folder.bytes("body")
            if body.count > Self.imageSize { return "ok" }
            let said = done.output + String(decoding: body.prefix(8_000), as: UTF8.self)
            return said.firstMatch(of: #/Status: [^.]*\. (.*?)\.\s/#).map {
                Self.short(String($0.1))
            }
                ?? said.firstMatch(of: #/\*\*\* Fatal error: (.*?)\.?\n/#).map {
                    Self.short(String($0.1))
                }
                ?? "ends"
        default:
            let script = """
                import socket, ssl, sys
                ca, host, port = sys.argv[1:]
                context = ssl.create_default_context(cafile=ca)
                try:
                    with socket.create_connection(("127.0.0.1", int(port)), timeout=10) as plain:
                        with context.wrap_socket(plain, server_hostname=host) as secure:
                            secure.sendall(b"GET /firmware.bin HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
                            count = 0
                            while part := secure.recv(65536):
                                count += len(part)
                    print("ok" if count > \(Self.imageSize) else "ends")
                except ssl.SSLCertVerificationError as error:
                    print("verify", error.verify_code)
                except ssl.SSLError as error:
                    print((error.reason or type(error).__name__).lower())
                except OSError as error:
                    print(type(error).__name__)
                """
            let done = try run("python3", ["-c", script, ca, host, port], within: 30)
            return done.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    /// Bytes of the image that is served.
    private static let imageSize = 600_000

    /// Connections that end without a word end in as many ways as the client happens to be in.
    private static let endings: Set<String> = [
        "The TLS connection was non-properly terminated", "Error in the pull function",
        "Error in the push function", "ConnectionResetError", "BrokenPipeError",
        "unexpected eof while reading", "unexpected_eof_while_reading",
    ]

    /// In a subgroup of two elements GnuTLS refuses its own key or the server's, as chance has it.
    private static let alike = [
        "Failed to acquire random data": "An illegal parameter has been received"
    ]

    private static func short(_ text: String) -> String {
        let words = text.replacing(".", with: "").split(separator: " ")
        return words.prefix(9).joined(separator: " ").replacing("|", with: "/")
    }

    @Test(.timeLimit(.minutes(8)))
    func eachClientSaysOfEachProfileWhatTheTableHas() throws {
        let names = try Self.profiles()
        #expect(names.count > 80)
        let rows = try concurrently(names) { name in
            let folder = try Folder()
            let host = try Self.host(of: name)
            let server = try Faultserve(["--profile", name, "--host", host])
            let verdicts = try Self.clients.map { client in
                let verdict = try Self.verdict(client, server, host: host, in: folder)
                return Self.endings.contains(verdict)
                    ? "ends" : Self.alike[verdict] ?? verdict
            }
            return "| `\(name)` | \(verdicts.joined(separator: " | ")) |"
        }
        let text = """
            # What other clients say

            Each profile of TLS and certificates, as clients see it that ask `faultserve --profile NAME` for the image: curl, `openssl s_client -status`, `gnutls-cli` and Python's \
            `ssl`, of Debian 12. `ok` is a whole image; else it is curl's exit status, OpenSSL's number of what does not verify or of the alert, what the client says, or `ends` where \
            the connection ends without a word.

            | profile | \(Self.clients.joined(separator: " | ")) |
            | --- | --- | --- | --- | --- |
            \(rows.joined(separator: "\n"))

            """
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try text.write(toFile: Self.file, atomically: true, encoding: .utf8)
        }
        let before = try String(contentsOfFile: Self.file, encoding: .utf8).split(separator: "\n")
        for (old, new) in zip(before, text.split(separator: "\n")) { #expect(old == new) }
        #expect(text.split(separator: "\n").count == before.count)
    }
}
