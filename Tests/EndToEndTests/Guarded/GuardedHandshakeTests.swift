import Foundation
import Testing

/// What a server can do to a TLS handshake, and which certificates it can show. None of them is taken; what will
/// be no better in a second is asked for once, and the rest twice, as these tests let it.
@Suite struct GuardedHandshakeTests {
    struct Handshake: CustomTestStringConvertible, Sendable {
        let id: String
        let error: String
        let steps: @Sendable (Certificates) throws -> [Step]
        var testDescription: String { self.id }

        init(
            _ id: String, _ error: String = "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED",
            _ steps: @escaping @Sendable (Certificates) throws -> [Step]
        ) {
            self.id = id
            self.error = error
            self.steps = steps
        }
    }

    static let handshakes: [Handshake] = [
        Handshake("tcp-rst-on-accept") { _ in [.wait(0.1), .rst] },
        Handshake("tls-silent", "ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT") { _ in [.hold] },
        Handshake("tls-eof") { _ in [.fin] },
        Handshake("tls-misleading-verified") { _ in [.hello, .fin] },
        Handshake("tls-plain-http") { _ in [.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .hold] },
        Handshake("tls-fatal-alert") { _ in [.raw("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}"), .hold]
        },
        Handshake("tls-max-1.1") { [.tls($0.server, max: "1.1")] },
        Handshake("tls-min-1.3") { [.tls($0.server, min: "1.3")] },
        Handshake("tls-no-common-cipher") {
            [.tls($0.server, max: "1.2", more: ["ciphers": "ECDHE-ECDSA-CHACHA20-POLY1305"])]
        },
        Handshake("tls-client-cert-required") {
            [.tls($0.server, max: "1.2", more: ["client_ca": $0.ca.path])]
        },
        Handshake("tls-server-key-p192") {
            let made = try $0.mint(
                "x", ["subjectAltName=IP:127.0.0.1"], key: ["ec", "ec_paramgen_curve:P-192"])
            return [.tls(made, max: "1.2", more: ["ciphers": "DEFAULT:@SECLEVEL=0"])]
        },
    ]

    struct Refused: CustomTestStringConvertible, Sendable {
        let id: String
        let options: [String]
        let certificate: @Sendable (Certificates) throws -> Certificate
        var testDescription: String { self.id }

        init(
            _ id: String, _ options: [String] = [],
            _ certificate: @escaping @Sendable (Certificates) throws -> Certificate
        ) {
            self.id = id
            self.options = options
            self.certificate = certificate
        }
    }

    private static let address = "subjectAltName=IP:127.0.0.1"
    private static let authority = "basicConstraints=critical,CA:TRUE"
    private static let clock = ["--have-time", "2030-01-01"]

    static let certificates: [Refused] = [
        Refused("x509-untrusted-ca") {
            try $0.mint(
                "x", [Self.address], by: $0.mint("Other", [Self.authority], signsItself: true))
        },
        Refused("x509-lookalike-ca") {
            try $0.mint(
                "x", [Self.address], by: $0.mint("Root", [Self.authority], signsItself: true))
        },
        Refused("x509-self-signed") { try $0.mint("x", [Self.address], signsItself: true) },
        Refused("x509-name-mismatch") { try $0.mint("other") },
        Refused("x509-cn-ignored-when-san") {
            try $0.mint("127.0.0.1", ["subjectAltName=DNS:other"])
        },
        Refused("x509-ip-no-match") { try $0.mint("127.0.0.1", ["subjectAltName=IP:127.0.0.2"]) },
        Refused("x509-wildcard-depth") { try $0.mint("x", ["subjectAltName=DNS:*.0.0.1.x"]) },
        Refused("x509-expired", clock) {
            try $0.mint("x", from: "20200101000000Z", to: "20200201000000Z")
        },
        Refused("x509-not-yet-valid", clock) {
            try $0.mint("x", from: "20400101000000Z", to: "20400201000000Z")
        },
        Refused("x509-missing-intermediate") {
            try $0.mint("x", [Self.address], by: $0.mint("Middle", [Self.authority]))
        },
        Refused("x509-intermediate-not-ca") {
            let middle = try $0.mint("No CA", ["basicConstraints=CA:FALSE"])
            return try $0.chain($0.mint("x", [Self.address], by: middle), middle)
        },
        Refused("x509-pathlen") {
            let short = try $0.mint("Short", [Self.authority + ",pathlen:0"])
            let below = try $0.mint("Below", [Self.authority], by: short)
            return try $0.chain($0.mint("x", [Self.address], by: below), below, short)
        },
        Refused("x509-chain-too-deep") {
            var chain = [try $0.mint("m0", [Self.authority])]
            for number in 1...8 {
                chain.insert(try $0.mint("m\(number)", [Self.authority], by: chain[0]), at: 0)
            }
            let leaf = try $0.mint("x", [Self.address], by: chain[0])
            let file = $0.folder.appending(path: "deep.pem")
            try Data(([leaf] + chain).map(\.pem).joined().utf8).write(to: file)
            return Certificate(path: file.path, key: leaf.key)
        },
        Refused("x509-weak-rsa") {
            try $0.mint("x", [Self.address], key: ["rsa", "rsa_keygen_bits:1024"])
        },
        Refused("x509-sha1") {
            try $0.mint(
                "x", [Self.address], key: ["rsa", "rsa_keygen_bits:2048"], digest: "-sha1")
        },
        Refused("x509-wrong-eku") {
            // With an EC key, OpenSSL itself would not use it so.
            try $0.mint(
                "x", [Self.address, "extendedKeyUsage=clientAuth"],
                key: ["rsa", "rsa_keygen_bits:2048"])
        },
        Refused("x509-wrong-ku") {
            try $0.mint(
                "x", [Self.address, "keyUsage=keyCertSign"], key: ["rsa", "rsa_keygen_bits:2048"])
        },
    ]

    private let made: Certificates

    init() throws { self.made = try Certificates.shared.get() }

    private func update(
        _ steps: [Step], within overall: Int = GuardedUpdate.overallTimeout, _ more: [String] = []
    ) throws -> GuardedUpdate {
        let server = try OddServer(steps, steps, steps)
        return try GuardedUpdate(
            VirtualBoard(), "https://127.0.0.1:\(server.port)/app.bin", ca: self.made.ca.path,
            within: overall, more)
    }

    @Test(.timeLimit(.minutes(5)), arguments: handshakes)
    func aHandshakeThatFailsIsTriedAgain(row: Handshake) throws {
        let update = try self.update(row.steps(self.made))
        update.expect(.rejected("connect", row.error))
        #expect(update.count("guarded_ota: again in") == 1, "\(update.run.console)")
        if row.id == "tls-misleading-verified" {
            #expect(update.count("esp-tls-mbedtls: Certificate verified.") == 2)
        }
    }

    /// ESP-IDF's client has no deadline for it, and no other way than a restart ends it.
    @Test(.timeLimit(.minutes(5)))
    func aHandshakeThatDripsEndsInARestartAtTheDeadline() throws {
        let end = GuardedEnd.restarted("connect")
        let update = try self.update(
            [.dripTLS(0.1), .tls(self.made.server)], within: end.overallTimeout)
        update.expect(end)
        #expect((update.milliseconds ?? 0) >= end.overallTimeout)
    }

    @Test(.timeLimit(.minutes(5)), arguments: certificates)
    func aCertificateThatIsNotToBeTrustedEndsItAtOnce(row: Refused) throws {
        let tls = Step.tls(
            try row.certificate(self.made), max: "1.2", more: ["ciphers": "DEFAULT:@SECLEVEL=0"])
        let update = try self.update([tls], row.options)
        update.expect(.rejected("connect", "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED"))
        #expect(
            update.count("the server's certificate is not to be trusted") == 1,
            "\(update.run.console)")
        // What may come before it on a busy computer is a handshake that took too long.
        #expect(update.count("again in") == update.count("in specified timeout"))
    }

    /// Without a clock nothing can be said of dates.
    @Test(.timeLimit(.minutes(5)))
    func anExpiredCertificateIsTakenWhereNoClockIsSet() throws {
        let old = try self.made.mint("x", from: "20200101000000Z", to: "20200201000000Z")
        let update = try self.update([.tls(old, max: "1.2"), .request, .response(404), .fin])
        update.expect(.rejected("http", "ESP_ERR_INVALID_RESPONSE"))
    }
}
