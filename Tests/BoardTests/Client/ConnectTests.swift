@preconcurrency import Board
import Foundation
import Testing

/// What every connection over TLS that fails logs in the end.
let connectTail = [
    "E esp-tls: Failed to open new connection",
    "E transport_base: Failed to open a new connection",
    "E HTTP_CLIENT: Connection failed, sock < 0",
]

/// Connects, expects that it fails, and returns the log.
func failToConnect(
    _ url: String, ca: String? = nil, timeout: Int32 = 5000,
    _ configure: @escaping (inout esp_http_client_config_t) -> Void = { _ in }
) throws -> [String] {
    let (error, log) = try BoardLog.during {
        let client = try #require(HTTPClient(url, ca: ca, timeout: timeout, configure))
        return esp_http_client_open(client.handle, 0)
    }
    #expect(error == ESP_ERR_HTTP_BASE + 2)
    return log
}

extension BoardTests {
    @Suite(.timeLimit(.minutes(2))) struct ConnectTests {
        let certificates: Certificates

        init() throws {
            board_set_defaults()
            self.certificates = try Certificates.shared.get()
        }

        @Test func aNameThatDoesNotResolveFailsAtOnce() throws {
            let log = try failToConnect(
                "https://no-such-host.invalid/", ca: self.certificates.ca.pem)
            #expect(
                log.first?.hasPrefix(
                    "E esp-tls: couldn't get hostname for :no-such-host.invalid:") == true)
            #expect(Array(log.dropFirst()) == connectTail)
        }

        @Test func aClosedPortIsADelayedConnectError() throws {
            let closed = try OddServer()
            _ = try closed.seen()
            let log = try failToConnect(
                "https://127.0.0.1:\(closed.port)/", ca: self.certificates.ca.pem)
            #expect(log.first?.hasPrefix("E esp-tls: [sock=") == true)
            #expect(log.first?.hasSuffix("] delayed connect error: Connection refused") == true)
            #expect(Array(log.dropFirst()) == connectTail)
            let plain = try failToConnect("http://127.0.0.1:\(closed.port)/")
            #expect(
                Array(plain.dropFirst()) == [
                    "E transport_base: Failed to open a new connection: 32772",
                    "E HTTP_CLIENT: Connection failed, sock < 0",
                ])
        }

        @Test func withNothingToVerifyByItDoesNotConnect() throws {
            let server = try OddServer([.hold])
            let log = try failToConnect("https://127.0.0.1:\(server.port)/")
            #expect(
                log.first
                    == "E esp-tls-mbedtls: No server verification option set in esp_tls_cfg_t "
                    + "structure. Check esp_tls API reference")
            #expect(Array(log.suffix(4)) == ["E esp-tls: create_ssl_handle failed"] + connectTail)
        }

        @Test func aBrokenCAIsSaidToBe() throws {
            let server = try OddServer([.hold])
            let log = try failToConnect("https://127.0.0.1:\(server.port)/", ca: "no PEM at all")
            #expect(
                log.first == "E esp-tls-mbedtls: mbedtls_x509_crt_parse of CA cert returned -0x2180"
            )
            #expect(log[1].contains("[0x8015]"))
            #expect(Array(log.suffix(4)) == ["E esp-tls: create_ssl_handle failed"] + connectTail)
        }

        @Test(
            arguments: [
                ([.fin], "7280"), ([.wait(0.1), .rst], "0050"),
                ([.send("HTTP/1.1 400 Bad Request\r\n\r\n"), .hold], "7200"),
                ([.raw("\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}"), .hold], "7780"),
            ] as [([Step], String)])
        func aHandshakeThatIsCutShortSaysVerified(_ steps: [Step], _ code: String) throws {
            let server = try OddServer(steps)
            let log = try failToConnect(
                "https://127.0.0.1:\(server.port)/", ca: self.certificates.ca.pem)
            #expect(
                log == [
                    "E esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x\(code)",
                    "I esp-tls-mbedtls: Certificate verified.",
                ] + connectTail)
        }

        @Test(arguments: [
            ("1.1", "1.1", [:], "6E80"), ("1.3", "1.3", [:], "7780"),
            ("1.2", "1.2", ["ciphers": "ECDHE-ECDSA-CHACHA20-POLY1305"], "7780"),
            ("1.2", "1.2", ["client_ca": "ca"], "7780"),
        ])
        func aServerThatWantsAnotherTLSIsRefused(
            _ min: String, _ max: String, _ more: [String: String], _ code: String
        ) throws {
            let server = try OddServer([
                .tls(
                    self.certificates.server, min: min, max: max,
                    more: more.mapValues { $0 == "ca" ? self.certificates.ca.path : $0 })
            ])
            let log = try failToConnect(
                "https://127.0.0.1:\(server.port)/", ca: self.certificates.ca.pem)
            #expect(log.first == "E esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x\(code)")
            #expect(Array(log.suffix(3)) == connectTail)
        }

        @Test func aSilentServerIsLeftAfterTheTimeout() throws {
            let server = try OddServer([.hold])
            let start = ContinuousClock.now
            let log = try failToConnect(
                "https://127.0.0.1:\(server.port)/", ca: self.certificates.ca.pem, timeout: 300)
            #expect(ContinuousClock.now - start >= .milliseconds(300))
            #expect(
                log == [
                    "W esp-tls: Failed to open new connection in specified timeout",
                    "E transport_base: Failed to open a new connection",
                    "E HTTP_CLIENT: Connection failed, sock < 0",
                ])
        }

        @Test func aHandshakeThatDripsHasNoDeadline() throws {
            let server = try OddServer([
                .dripTLS(0.002), .tls(self.certificates.server), .dripTLS(0), .request,
                .response(body: "ok"), .fin,
            ])
            let start = ContinuousClock.now
            let client = try #require(
                HTTPClient(
                    "https://127.0.0.1:\(server.port)/", ca: self.certificates.ca.pem, timeout: 400)
            )
            #expect(client.start() == 2)
            #expect(ContinuousClock.now - start > .milliseconds(800))
        }
    }
}
