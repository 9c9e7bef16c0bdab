@preconcurrency import Board
import Foundation
import Testing

extension UpdatePath {
    /// What ends the log of a connection over TLS that failed.
    static let notConnected =
        connectTail + ["E esp_https_ota: Failed to open HTTP connection: ESP_ERR_HTTP_CONNECT"]

    /// A handshake that failed before there was a certificate, which is said to be verified.
    static func handshake(_ code: String) -> [String] {
        [
            "E esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x\(code)",
            "I esp-tls-mbedtls: Certificate verified.",
        ] + self.notConnected
    }

    /// A certificate that was found wanting.
    static func distrust(_ code: String) -> [String] {
        [
            "E esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x\(code)",
            "I esp-tls-mbedtls: Failed to verify peer certificate!",
        ] + self.notConnected
    }

    /// A begin that does not come to a connection, with these lines and the tail of all begins.
    static func noConnection(_ lines: [String]) -> End {
        .fails(.begin, ESP_ERR_HTTP_CONNECT, lines + [self.beginTail])
    }
}

extension BoardTests {
    /// Until there is a connection.
    @Suite(.timeLimit(.minutes(10))) struct ConnectPathTests {
        /// The server does this in place of a handshake, or has this one.
        private static func path(
            _ id: String, code: String, refusal: String? = nil,
            _ handshake: @escaping @Sendable (Certificates) throws -> [Step]
        ) -> UpdatePath {
            UpdatePath(
                id: id, connections: [[]],
                end: UpdatePath.noConnection(UpdatePath.handshake(code)), handshake: handshake,
                refusal: refusal)
        }

        private static let handshakes = [
            path("tls-eof", code: "7280") { _ in [.fin] },
            path("tls-eof", code: "7280") { _ in [.hello, .fin] },
            path("tls-plain-http", code: "7200") { _ in
                [.hello, .send("HTTP/1.1 400 Bad Request\r\n\r\n"), .hold]
            },
            path("tls-fatal-alert", code: "7780") { _ in
                [.hello, .raw("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}"), .hold]
            },
            path("tls-max-1.1", code: "6E80", refusal: "TLSV1_ALERT_PROTOCOL_VERSION") {
                [.tls($0.server, max: "1.1")]
            },
            path("tls-min-1.3", code: "7780", refusal: "UNSUPPORTED_PROTOCOL") {
                [.tls($0.server, min: "1.3")]
            },
            path("tls-no-common-cipher", code: "7780", refusal: "NO_SHARED_CIPHER") {
                [.tls($0.server, max: "1.2", more: ["ciphers": "ECDHE-ECDSA-CHACHA20-POLY1305"])]
            },
            path("tls-no-common-cipher", code: "7780", refusal: "NO_SHARED_CIPHER") {
                let rsa = try $0.mint("x", key: ["rsa", "rsa_keygen_bits:2048"])
                return [.tls(rsa, max: "1.2", more: ["ciphers": "DHE-RSA-AES256-GCM-SHA384"])]
            },
            path(
                "tls-client-cert-required", code: "7780",
                refusal: "PEER_DID_NOT_RETURN_A_CERTIFICATE"
            ) { [.tls($0.server, max: "1.2", more: ["client_ca": $0.ca.path])] },
            path("tls-server-key-p192", code: "7780", refusal: "NO_SHARED_CIPHER") {
                let small = try $0.mint("x", key: ["ec", "ec_paramgen_curve:P-192"])
                return [.tls(small, max: "1.2", more: ["ciphers": "DEFAULT:@SECLEVEL=0"])]
            },
        ]

        /// All of them say that the certificate was verified, which nobody has seen.
        @Test(
            .covers(
                "tls-eof", "tls-plain-http", "tls-fatal-alert", "tls-max-1.1", "tls-min-1.3",
                "tls-no-common-cipher", "tls-client-cert-required", "tls-server-key-p192"),
            .covers("tls-misleading-verified"), arguments: handshakes)
        func aHandshakeThatFailsSaysVerified(path: UpdatePath) throws {
            #expect(
                Covers.current == Set(Self.handshakes.map(\.id) + ["tls-misleading-verified"]))
            try path.check()
        }

        @Test(.covers("tls-silent")) func aSilentServerIsLeftAfterTheTimeout() throws {
            let start = ContinuousClock.now
            try UpdatePath(
                id: "tls-silent", connections: [[]],
                end: UpdatePath.noConnection(
                    ["W esp-tls: Failed to open new connection in specified timeout"]
                        + UpdatePath.notConnected.dropFirst()), handshake: { _ in [.hold] },
                timeout: 300
            ).check()
            #expect(ContinuousClock.now - start >= .milliseconds(600))
        }

        /// Both handshakes go on for twice the time-out at least.
        @Test(.covers("tls-drip")) func aHandshakeThatDripsHasNoDeadline() throws {
            let start = ContinuousClock.now
            try UpdatePath(
                id: "tls-drip", connections: [[.dripTLS(0), .request] + Step.image()],
                end: .updates, handshake: { [.dripTLS(0.002), .tls($0.server, max: "1.2")] },
                timeout: 600
            ).check()
            #expect(ContinuousClock.now - start >= .milliseconds(2400))
        }

        @Test(.covers("tcp-rst-on-accept")) func aConnectionThatIsResetAtOnceFails() throws {
            let server = try OddServer([.rst], [.rst])
            let ca = try Certificates.shared.get().ca.pem
            for style in Update.Style.allCases {
                let it = try Update.run(from: "https://127.0.0.1:\(server.port)/", ca: ca) {
                    style == .inOneCall ? esp_https_ota(&$0) : Update.stepByStep(&$0).1
                }
                #expect(it.error == (style == .inOneCall ? ESP_FAIL : ESP_ERR_HTTP_CONNECT))
                let tail = UpdatePath.notConnected + [UpdatePath.beginTail]
                #expect(Array(it.log.suffix(tail.count)) == tail)
                // It depends on who is faster.
                let first = try #require(it.log.first)
                #expect(
                    first.contains("delayed connect error: Connection reset by peer")
                        || first == UpdatePath.handshake("0050")[0], "\(first)")
                #expect(it.boots == Fixture.factory && it.isOtadataBlank)
            }
        }

        /// A port where nobody listens.
        private func closedPort() throws -> Int {
            let server = try OddServer([])
            _ = try server.seen()
            return server.port
        }

        @Test(.covers("tcp-refused")) func aClosedPortIsADelayedConnectError() throws {
            let port = try self.closedPort()
            try self.expectNoConnection(
                "127.0.0.1:\(port)", first: #/E esp-tls: \[sock=\d+\] delayed connect error: /#,
                "Connection refused", inner: 0x8004)
        }

        @Test(.covers("dns-fail")) func aNameThatDoesNotResolveFailsAtOnce() throws {
            try self.expectNoConnection(
                "no-such-host.invalid", first: #/E esp-tls: couldn't get hostname for :/#,
                "no-such-host.invalid:", inner: 0x8001)
        }

        /// Over TLS, and without it, where the number of the error inside is in the log.
        private func expectNoConnection(
            _ host: String, first: Regex<Substring>, _ detail: String, inner: Int
        ) throws {
            let ca = try Certificates.shared.get().ca.pem
            for style in Update.Style.allCases {
                for scheme in ["https", "http"] {
                    let it = try Update.run(from: "\(scheme)://\(host)/", ca: ca, timeout: 5000) {
                        style == .inOneCall ? esp_https_ota(&$0) : Update.stepByStep(&$0).1
                    }
                    #expect(it.error == (style == .inOneCall ? ESP_FAIL : ESP_ERR_HTTP_CONNECT))
                    let line = try #require(it.log.first)
                    let start = try #require(line.prefixMatch(of: first), "\(line)")
                    #expect(line[start.range.upperBound...].hasPrefix(detail))
                    let opened = "E transport_base: Failed to open a new connection"
                    let tail = UpdatePath.notConnected + [UpdatePath.beginTail]
                    let isTLS = scheme == "https"
                    let rest = isTLS ? tail : ["\(opened): \(inner)"] + tail[2...]
                    #expect(Array(it.log.dropFirst()) == rest, "\(it.log)")
                    #expect(it.boots == Fixture.factory && it.isOtadataBlank)
                }
            }
        }

        @Test(.covers("cfg-bad-ca-pem")) func aBrokenCAIsSaidToBe() throws {
            try UpdatePath(
                id: "cfg-bad-ca-pem", connections: [[]],
                end: UpdatePath.noConnection(
                    [
                        "E esp-tls-mbedtls: mbedtls_x509_crt_parse of CA cert returned -0x2180",
                        "E esp-tls-mbedtls: Failed to set client configurations, returned [0x8015]",
                        "E esp-tls: create_ssl_handle failed",
                    ] + UpdatePath.notConnected), handshake: { _ in [.hold] }, ca: "no PEM at all"
            ).check()
        }
    }
}
