@preconcurrency import Board
import Foundation
import Testing

/// What every connection over TLS that fails logs in the end.
let connectTail = [
    "E esp-tls: Failed to open new connection",
    "E transport_base: Failed to open a new connection",
    "E HTTP_CLIENT: Connection failed, sock < 0",
]

extension BoardTests {
    @Suite(.timeLimit(.minutes(2))) struct ConnectTests {
        init() { board_set_defaults() }

        @Test func withNothingToVerifyByItDoesNotConnect() throws {
            let server = try OddServer([.hold])
            let (error, log) = try BoardLog.during {
                let client = try #require(HTTPClient("https://127.0.0.1:\(server.port)/"))
                return esp_http_client_open(client.handle, 0)
            }
            #expect(error == ESP_ERR_HTTP_CONNECT)
            #expect(
                log.first
                    == "E esp-tls-mbedtls: No server verification option set in esp_tls_cfg_t "
                    + "structure. Check esp_tls API reference")
            #expect(Array(log.suffix(4)) == ["E esp-tls: create_ssl_handle failed"] + connectTail)
        }
    }
}
