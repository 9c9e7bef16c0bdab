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

        @Test(arguments: [
            (["ec", "ec_paramgen_curve:P-384"], "DEFAULT"),
            (["ec", "ec_paramgen_curve:P-521"], "DEFAULT"),
            (["rsa", "rsa_keygen_bits:2048"], "DEFAULT"),
            (["rsa", "rsa_keygen_bits:2048"], "AES128-SHA"),
            (["rsa", "rsa_keygen_bits:2048"], "AES256-GCM-SHA384"),
        ])
        func usualKeysAreTaken(_ key: [String], _ ciphers: String) throws {
            let made = try self.certificates.mint("x", ["subjectAltName=IP:127.0.0.1"], key: key)
            #expect(try self.connect(made, ciphers: ciphers).isOK)
        }

        @Test func anIntermediateMayBeSent() throws {
            let middle = try self.certificates.mint(
                "Middle", ["basicConstraints=critical,CA:TRUE"])
            let leaf = try self.certificates.mint(
                "leaf", ["subjectAltName=IP:127.0.0.1"], by: middle)
            #expect(try self.connect(self.certificates.chain(leaf, middle)).isOK)
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
            let result = try connect(self.certificates.mint("l", [names], by: lookalike))
            #expect(result.log.first?.hasPrefix("E esp-x509-crt-bundle: PK verify failed") == true)
            #expect(
                Array(result.log.dropFirst()) == [
                    "E esp-x509-crt-bundle: Failed to verify certificate",
                    "E esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x3000",
                    "I esp-tls-mbedtls: Failed to verify peer certificate!",
                ] + connectTail)
            #expect(result.alert == "TLSV1_ALERT_ACCESS_DENIED")
        }
    }
}
