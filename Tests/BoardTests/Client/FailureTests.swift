@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    /// What the event of an error leads to: the reason of a connection that failed, as esp-tls keeps it.
    @Suite(.timeLimit(.minutes(2))) struct FailureTests {
        let certificates: Certificates

        init() throws {
            board_set_defaults()
            self.certificates = try Certificates.shared.get()
        }

        private final class Failure {
            var count = 0
            var error: Int32 = 0
            var code: Int32 = 0
            var flags: Int32 = 0
            var again: Int32 = 0
        }

        /// Connects to what does not let it, and returns what the event of that says.
        private func failure(at server: OddServer) throws -> Failure {
            let failure = Failure()
            let client = try #require(
                HTTPClient(
                    "https://127.0.0.1:\(server.port)/", ca: self.certificates.ca.pem, timeout: 1000
                ) {
                    $0.user_data = Unmanaged.passUnretained(failure).toOpaque()
                    $0.event_handler = { event in
                        guard let event = event?.pointee, event.event_id == HTTP_EVENT_ERROR,
                            let data = event.user_data
                        else { return ESP_OK }
                        let failure = Unmanaged<Failure>.fromOpaque(data).takeUnretainedValue()
                        let handle = event.data?.assumingMemoryBound(to: esp_tls_last_error.self)
                        failure.count += 1
                        failure.error = esp_tls_get_and_clear_last_error(
                            handle, &failure.code, &failure.flags)
                        failure.again = esp_tls_get_and_clear_last_error(handle, nil, nil)
                        return ESP_OK
                    }
                })
            #expect(esp_http_client_open(client.handle, 0) == ESP_ERR_HTTP_BASE + 2)
            #expect(failure.count == 1 && failure.again == ESP_OK)
            return failure
        }

        @Test func aClosedPortHasNoCertificate() throws {
            let closed = try OddServer()
            _ = try closed.seen()
            let failure = try self.failure(at: closed)
            #expect([failure.error, failure.code, failure.flags] == [0x8004, 0, 0])
        }

        @Test func aHandshakeThatIsCutOffHasACodeAndNoFlags() throws {
            let failure = try self.failure(at: OddServer([.fin]))
            #expect([failure.error, failure.code, failure.flags] == [0x801A, 0x7280, 0])
        }

        @Test func aCertificateThatIsNotTrustedHasFlags() throws {
            let own = try self.certificates.mint("x", signsItself: true)
            let failure = try self.failure(at: OddServer([.tls(own, max: "1.2")]))
            #expect([failure.error, failure.code] == [0x801A, 0x2700])
            // MBEDTLS_X509_BADCERT_NOT_TRUSTED and ..._CN_MISMATCH
            #expect(failure.flags & 0x0C == 0x0C)
        }

        @Test func withoutAHandleThereIsNothingToSay() {
            var code: Int32 = 7
            #expect(esp_tls_get_and_clear_last_error(nil, &code, nil) == ESP_ERR_INVALID_STATE)
            #expect(code == 7)
        }
    }
}
