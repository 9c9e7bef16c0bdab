@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    @Suite(.timeLimit(.minutes(3))) struct CertificateTests {
        let certificates: Certificates

        init() throws {
            board_set_defaults()
            self.certificates = try Certificates.shared.get()
        }

        /// Connects to a server that has this certificate.
        /// - Returns: whether it came to a response, the log, and the alert at the server.
        private func connect(
            _ certificate: Certificate, host: String = "127.0.0.1", ca: String? = nil,
            ciphers: String = "DEFAULT",
            _ configure: @escaping (inout esp_http_client_config_t) -> Void = { _ in }
        ) throws -> (isOK: Bool, log: [String], alert: String?) {
            let server = try OddServer([
                .tls(certificate, max: "1.2", more: ["ciphers": ciphers]), .request,
                .response(body: "x"), .fin,
            ])
            let (result, log) = try BoardLog.during {
                let url = "https://\(host):\(server.port)/"
                let client = try #require(
                    HTTPClient(url, ca: ca ?? self.certificates.ca.pem, configure))
                return client.start()
            }
            return (result == 1, log, try server.refusal())
        }

        private func expectRefused(
            _ result: (isOK: Bool, log: [String], alert: String?), code: String, alert: String,
            _ location: SourceLocation = #_sourceLocation
        ) {
            #expect(!result.isOK, sourceLocation: location)
            #expect(
                result.log == [
                    "E esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x\(code)",
                    "I esp-tls-mbedtls: Failed to verify peer certificate!",
                ] + connectTail, sourceLocation: location)
            #expect(result.alert == alert, sourceLocation: location)
        }

        @Test(
            arguments: [
                ("127.0.0.1", nil, "127.0.0.1", true),
                ("127.0.0.1", "IP:127.0.0.1", "127.0.0.1", true),
                ("other", "IP:127.0.0.1", "127.0.0.1", true),
                ("other", "DNS:127.0.0.1", "127.0.0.1", true),
                ("127.0.0.1", "DNS:127.0.0.1,IP:127.0.0.1", "127.0.0.1", true),
                ("127.0.0.1", "DNS:other", "127.0.0.1", false),
                ("127.0.0.1", "IP:127.0.0.2", "127.0.0.1", false),
                ("127.0.0.1", "URI:https://127.0.0.1/", "127.0.0.1", false),
                ("other", nil, "127.0.0.1", false),
                ("localhost", nil, "localhost", true),
                ("LOCALhost", nil, "localhost", true),
                ("other", "DNS:LocalHost", "localhost", true),
                ("localhost", "DNS:other", "localhost", false),
                ("x", "DNS:*.localhost", "localhost", false),
            ] as [(String, String?, String, Bool)])
        func namesMatchAsInMbedTLS36(
            _ commonName: String, _ names: String?, _ host: String, _ isOK: Bool
        ) throws {
            let made = try self.certificates.mint(
                commonName, names.map { ["subjectAltName=\($0)"] } ?? [])
            let result = try self.connect(made, host: host)
            if isOK {
                #expect(result.isOK && result.log.isEmpty)
            } else {
                self.expectRefused(result, code: "2700", alert: "SSLV3_ALERT_BAD_CERTIFICATE")
            }
        }

        @Test(arguments: [
            ("DNS:*.example.test", "a.example.test", true),
            ("DNS:*.example.test", "a.b.example.test", false),
            ("DNS:*.example.test", "example.test", false),
            ("DNS:f*.example.test", "foo.example.test", false),
            ("IP:::1", "::1", true), ("IP:::1", "::2", false),
            ("URI:urn:x", "urn:x", true),
        ])
        func otherNamesMatchToo(_ names: String, _ name: String, _ isOK: Bool) throws {
            let made = try self.certificates.mint("x", ["subjectAltName=\(names)"])
            let text = strdup(name)
            defer { free(text) }
            let result = try self.connect(made) { $0.common_name = UnsafePointer(text) }
            #expect(result.isOK == isOK)
        }

        @Test func withoutANameCheckAnyNameWillDoAndNoneIsSent() throws {
            let made = try self.certificates.mint("other")
            #expect(try self.connect(made) { $0.skip_cert_common_name_check = true }.isOK)
        }

        @Test func anAddressIsSentAsServerName() throws {
            let server = try OddServer(
                [.tls(self.certificates.server)],
                [
                    .tls(self.certificates.server)
                ])
            for skips in [false, true] {
                let client = try #require(
                    HTTPClient("https://127.0.0.1:\(server.port)/", ca: self.certificates.ca.pem) {
                        $0.skip_cert_common_name_check = skips
                    })
                #expect(esp_http_client_open(client.handle, 0) == ESP_OK)
            }
            let names = try server.seen().filter { $0.keys.contains("sni") }.map {
                $0["sni"] as? String
            }
            #expect(names == ["127.0.0.1", nil])
        }

        @Test func chainsThatDoNotEndAtTheCAAreUnknown() throws {
            let subject = "subjectAltName=IP:127.0.0.1"
            let ca = "basicConstraints=critical,CA:TRUE"
            let lookalike = try self.certificates.mint("Root", [ca], signsItself: true)
            let middle = try self.certificates.mint("Middle", [ca])
            let leaf = try self.certificates.mint("leaf", [subject], by: middle)
            let noCA = try self.certificates.mint("No CA", ["basicConstraints=CA:FALSE"])
            let short = try self.certificates.mint(
                "Short", ["basicConstraints=critical,CA:TRUE,pathlen:0"])
            let below = try self.certificates.mint("Below", [ca], by: short)
            for bad in [
                try self.certificates.mint("l", [subject], by: lookalike),
                try self.certificates.mint("l", [subject], signsItself: true), leaf,
                try self.certificates.chain(
                    self.certificates.mint("l", [subject], by: noCA), noCA),
                try self.certificates.chain(
                    self.certificates.mint("l", [subject], by: below), below, short),
            ] {
                self.expectRefused(
                    try self.connect(bad), code: "2700", alert: "TLSV1_ALERT_UNKNOWN_CA")
            }
            #expect(try self.connect(try self.certificates.chain(leaf, middle)).isOK)
            // The leaf itself may be trusted only if it signs itself.
            self.expectRefused(
                try self.connect(leaf, ca: leaf.pem), code: "2700",
                alert: "TLSV1_ALERT_UNKNOWN_CA")
            let own = try self.certificates.mint("127.0.0.1", [ca], signsItself: true)
            #expect(try self.connect(own, ca: own.pem).isOK)
        }

        @Test func nineIntermediatesAreTooDeep() throws {
            let ca = "basicConstraints=critical,CA:TRUE"
            var chain = [try self.certificates.mint("m0", [ca])]
            for number in 1...8 {
                chain.insert(
                    try self.certificates.mint("m\(number)", [ca], by: chain[0]), at: 0)
            }
            let leaf = try self.certificates.mint(
                "leaf", ["subjectAltName=IP:127.0.0.1"], by: chain[0])
            let rest = self.certificates.folder.appending(path: "rest.pem")
            try Data(([leaf] + chain).map(\.pem).joined().utf8).write(to: rest)
            self.expectRefused(
                try self.connect(Certificate(path: rest.path, key: leaf.key)), code: "3000",
                alert: "TLSV1_ALERT_ACCESS_DENIED")
        }

        @Test func wrongUsesAreRefusedWithTheirOwnNumber() throws {
            for usage in [
                "extendedKeyUsage=clientAuth", "keyUsage=keyEncipherment", "keyUsage=keyCertSign",
            ] {
                // With an EC key, OpenSSL itself would not use it so.
                let made = try self.certificates.mint(
                    "x", ["subjectAltName=IP:127.0.0.1", usage],
                    key: ["rsa", "rsa_keygen_bits:2048"])
                let result = try self.connect(made)
                #expect(
                    result.log.first
                        == "E esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x7A00")
                #expect(result.alert == "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE")
            }
        }

        @Test(arguments: [
            ["ec", "ec_paramgen_curve:P-384"], ["ec", "ec_paramgen_curve:P-521"],
            ["rsa", "rsa_keygen_bits:2048"],
        ])
        func usualKeysAreTaken(_ key: [String]) throws {
            let made = try self.certificates.mint("x", ["subjectAltName=IP:127.0.0.1"], key: key)
            #expect(try self.connect(made).isOK)
        }

        @Test(arguments: [
            (["rsa", "rsa_keygen_bits:1024"], "-sha256", "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE"),
            (["rsa", "rsa_keygen_bits:2048"], "-sha1", "SSLV3_ALERT_CERTIFICATE_UNKNOWN"),
        ])
        func weakCertificatesAreRefused(_ key: [String], _ digest: String, _ alert: String) throws {
            let made = try self.certificates.mint(
                "x", ["subjectAltName=IP:127.0.0.1"], key: key, digest: digest)
            self.expectRefused(
                try self.connect(made, ciphers: "DEFAULT:@SECLEVEL=0"), code: "2700", alert: alert)
        }

        @Test func aKeyOnASmallCurveHasNoCipher() throws {
            let made = try self.certificates.mint(
                "x", ["subjectAltName=IP:127.0.0.1"], key: ["ec", "ec_paramgen_curve:P-192"])
            let result = try self.connect(made, ciphers: "DEFAULT:@SECLEVEL=0")
            #expect(
                result.log.first == "E esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x7780")
            #expect(result.alert == "NO_SHARED_CIPHER")
        }

        @Test func datesCountOnlyIfTheBoardHasAClock() throws {
            let old = try self.certificates.mint(
                "x", from: "20200101000000Z", to: "20200201000000Z")
            let new = try self.certificates.mint(
                "x", from: "20400101000000Z", to: "20400201000000Z")
            #expect(try self.connect(old).isOK)
            #expect(try self.connect(new).isOK)
            board.have_time = true
            defer { board_set_defaults() }
            board.time = 1_893_456_000  // 2030
            board_start_clock()
            self.expectRefused(
                try self.connect(old), code: "2700", alert: "SSLV3_ALERT_CERTIFICATE_EXPIRED")
            self.expectRefused(
                try self.connect(new), code: "2700", alert: "SSLV3_ALERT_CERTIFICATE_UNKNOWN")
            board.time = 1_579_000_000  // January 2020: the authority itself is of the future
            let early = try self.connect(old)
            #expect(!early.isOK && early.alert == "SSLV3_ALERT_CERTIFICATE_UNKNOWN")
        }

        @Test func aBundleIsTrustedByItsKeysAlone() throws {
            let pem = strdup(self.certificates.ca.pem)
            defer {
                board_set_defaults()
                free(pem)
            }
            let ca = "basicConstraints=critical,CA:TRUE"
            let names = "subjectAltName=IP:127.0.0.1"
            let middle = try self.certificates.mint("Middle", [ca])
            let leaf = try self.certificates.mint("leaf", [names], by: middle)
            let lookalike = try self.certificates.mint("Root", [ca], signsItself: true)
            func connect(_ made: Certificate) throws -> (
                isOK: Bool, log: [String], alert: String?
            ) {
                board.ca_bundle_pem = UnsafePointer(pem)
                return try self.connect(made) {
                    $0.crt_bundle_attach = esp_crt_bundle_attach
                    $0.cert_pem = nil
                }
            }
            #expect(try connect(self.certificates.server).isOK)
            #expect(try connect(self.certificates.chain(leaf, middle)).isOK)
            let refusals = [
                (try self.certificates.mint("l", [names], signsItself: true), 0),
                (try self.certificates.mint("l", [names], by: lookalike), 1),
            ]
            for (bad, extra) in refusals {
                let result = try connect(bad)
                #expect(
                    Array(result.log.dropFirst(extra)) == [
                        "E esp-x509-crt-bundle: Failed to verify certificate",
                        "E esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x3000",
                    ] + connectTail)
                #expect(result.alert == "TLSV1_ALERT_ACCESS_DENIED")
            }
            let misnamed = try connect(self.certificates.mint("x", ["subjectAltName=DNS:x"]))
            #expect(
                misnamed.log.first == "E esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700")
            #expect(misnamed.alert == "SSLV3_ALERT_BAD_CERTIFICATE")
        }
    }
}
