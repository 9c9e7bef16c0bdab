@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    /// Redirects and challenges, for those who open and fetch, and for those who perform.
    @Suite(.timeLimit(.minutes(1))) struct RedirectTests {
        let certificates: Certificates

        init() throws {
            board_set_defaults()
            self.certificates = try Certificates.shared.get()
        }

        private static let done = Step.response(200, ["Connection: close"], body: "done")

        /// What open and fetch_headers do not do by themselves.
        private func follow(_ client: HTTPClient) -> (esp_err_t, Int64) {
            let error = esp_http_client_set_redirection(client.handle)
            _ = client.readAll()
            return (error, error == ESP_OK ? client.start() : 0)
        }

        @Test func theBodyAndTheConnectionAreUsedUpFirst() throws {
            let server = try OddServer([
                .request, .response(302, ["Location: /there?x"], body: "go on"), .request,
                Self.done, .fin,
            ])
            do {
                let client = try #require(HTTPClient("http://127.0.0.1:\(server.port)/here?y"))
                #expect(client.start() == 5)
                #expect(client.status == 302)
                let (error, length) = self.follow(client)
                #expect(error == ESP_OK && length == 4)
                #expect(client.read(100).text == "done")
            }
            let lines = try server.requests().map { $0.prefix { $0 != "\r\n" } }
            #expect(lines == ["GET /here?y HTTP/1.1", "GET /there?x HTTP/1.1"])
        }

        @Test func theConnectionIsReusedEvenIfItIsDead() throws {
            let server = try OddServer(
                [
                    .request,
                    .response(302, ["Location: /there", "Connection: close"], body: "x"), .fin,
                ], [.request, Self.done])
            let client = try #require(HTTPClient("http://127.0.0.1:\(server.port)/"))
            #expect(client.start() == 1)
            let (error, length) = self.follow(client)
            #expect(error == ESP_OK && length == -1)
        }

        @Test func performConnectsAgainIfTheServerClosed() throws {
            let server = try OddServer(
                [
                    .request,
                    .response(302, ["Location: /there", "Connection: close"], body: "x"), .fin,
                ], [.request, Self.done, .fin])
            let client = try #require(HTTPClient("http://127.0.0.1:\(server.port)/"))
            #expect(esp_http_client_perform(client.handle) == ESP_OK)
            #expect(client.status == 200)
        }

        @Test(arguments: [nil, "ok"] as [String?])
        func withoutAUsableLocationItIsAnError(_ location: String?) throws {
            let fields = location.map { ["Location: \($0)"] } ?? []
            let server = try OddServer([.request, .response(302, fields), .hold])
            let (error, log) = try BoardLog.during {
                let client = try #require(HTTPClient("http://127.0.0.1:\(server.port)/"))
                #expect(client.start() == 0)
                return esp_http_client_set_redirection(client.handle)
            }
            #expect(error == 0x102)
            #expect(log == (location.map { ["E HTTP_CLIENT: Error parse url \($0)"] } ?? []))
        }

        @Test func theHostFieldKeepsTheOldPortOrLosesIt() throws {
            let second = try OddServer([.request, Self.done, .fin])
            let first = try OddServer([
                .request,
                .response(302, ["Location: http://127.0.0.1:\(second.port)/"]), .hold,
            ])
            let third = try OddServer([.request, Self.done, .fin])
            let fourth = try OddServer([
                .request,
                .response(302, ["Location: http://localhost:\(third.port)/"]), .hold,
            ])
            for port in [first.port, fourth.port] {
                let client = try #require(HTTPClient("http://127.0.0.1:\(port)/"))
                #expect(client.start() == 0)
                #expect(self.follow(client) == (ESP_OK, 4))
            }
            #expect(try second.requests()[0].contains("\r\nHost: 127.0.0.1:\(first.port)\r\n"))
            #expect(try third.requests()[0].contains("\r\nHost: localhost\r\n"))
        }

        @Test func aRedirectToPlainHTTPIsFollowed() throws {
            let plain = try OddServer([.request, Self.done, .fin])
            let secure = try OddServer([
                .tls(self.certificates.server), .request,
                .response(301, ["Location: http://127.0.0.1:\(plain.port)/"]), .hold,
            ])
            let client = try #require(
                HTTPClient(
                    "https://127.0.0.1:\(secure.port)/", ca: self.certificates.ca.pem))
            #expect(client.start() == 0)
            #expect(
                esp_http_client_get_transport_type(client.handle) == HTTP_TRANSPORT_OVER_SSL)
            #expect(self.follow(client) == (ESP_OK, 4))
            #expect(
                esp_http_client_get_transport_type(client.handle) == HTTP_TRANSPORT_OVER_TCP)
            #expect(client.read(10).text == "done")
        }

        @Test func anUnknownSchemeGoesOnWithTheConnectionThatIsThere() throws {
            let server = try OddServer([
                .request, .response(302, ["Location: ftp://127.0.0.1/x"]), .request, Self.done,
                .fin,
            ])
            let (_, log) = try BoardLog.during {
                let client = try #require(HTTPClient("http://127.0.0.1:\(server.port)/"))
                #expect(client.start() == 0)
                #expect(self.follow(client) == (ESP_OK, 4))
                esp_http_client_close(client.handle)
                #expect(esp_http_client_open(client.handle, 0) == ESP_ERR_HTTP_BASE + 5)
            }
            #expect(log == ["E HTTP_CLIENT: No transport found"])
        }

        @Test func performGivesUpAfterTenRedirectsAndOpenNever() throws {
            let steps = Array(
                repeating: [Step.request, .response(302, ["Location: /"])], count: 25
            ).flatMap { $0 }
            let server = try OddServer(steps + [.hold])
            let (_, log) = try BoardLog.during {
                let client = try #require(HTTPClient("http://127.0.0.1:\(server.port)/"))
                esp_http_client_set_method(client.handle, HTTP_METHOD_HEAD)
                #expect(esp_http_client_perform(client.handle) == ESP_ERR_HTTP_BASE + 1)
                esp_http_client_set_method(client.handle, HTTP_METHOD_GET)
                for _ in 0..<12 { #expect(self.follow(client) == (ESP_OK, 0)) }
            }
            #expect(log == ["E HTTP_CLIENT: Error, reach max_redirection_count count=10"])
            #expect(try server.requests().count == 11 + 12)
        }

        @Test func performTellsTimeoutsFromEnds() throws {
            let server = try OddServer([.request, .hold], [.request, .fin], [.request, .rst])
            let (_, log) = try BoardLog.during {
                let client = try #require(
                    HTTPClient("http://127.0.0.1:\(server.port)/", timeout: 200))
                #expect(esp_http_client_perform(client.handle) == ESP_ERR_HTTP_BASE + 7)
                esp_http_client_close(client.handle)
                #expect(esp_http_client_perform(client.handle) == ESP_ERR_HTTP_BASE + 8)
                #expect(esp_http_client_perform(client.handle) == ESP_ERR_HTTP_BASE + 4)
            }
            #expect(
                log == [
                    "W HTTP_CLIENT: Connection timed out before data was ready!",
                    "W HTTP_CLIENT: Close connection due to FIN received",
                    "E transport_base: tcp_read error, errno=Connection reset by peer",
                ])
        }

        @Test(
            arguments: [
                (
                    nil,
                    "W HTTP_CLIENT: This request requires authentication, but does not provide "
                        + "header information for that"
                ),
                ("Bearer", "E HTTP_CLIENT: This authentication method is not supported: Bearer"),
                (
                    "Basic realm=\"x\"",
                    "E HTTP_CLIENT: This authentication method is not supported: Basic realm=\"x\""
                ),
            ] as [(String?, String)])
        func noChallengeIsAnsweredByDefault(_ challenge: String?, _ line: String) throws {
            let fields = challenge.map { ["WWW-Authenticate: \($0)"] } ?? []
            let server = try OddServer([
                .request, .response(401, fields, body: "no"), .request, Self.done, .fin,
            ])
            let (_, log) = try BoardLog.during {
                let client = try #require(HTTPClient("http://u:p@127.0.0.1:\(server.port)/"))
                #expect(client.start() == 2)
                esp_http_client_add_auth(client.handle)
                _ = client.readAll()
                #expect(client.start() == 4)
            }
            #expect(log == [line])
            #expect(try server.requests().allSatisfy { !$0.contains("Authorization") })
        }
    }

    @Suite(.timeLimit(.minutes(1))) struct ClientHelloTests {
        @Test func isAsNearToESPIDFsAsTheLibraryAllows() throws {
            board_set_defaults()
            let server = try OddServer([.hello])
            do {
                let ca = try Certificates.shared.get().ca.pem
                let client = try #require(HTTPClient("https://127.0.0.1:\(server.port)/", ca: ca))
                _ = client.start()
            }
            let hex = try #require(
                try server.seen().compactMap { $0["hello"] as? String }.first)
            let bytes = stride(from: 0, to: hex.count, by: 2).compactMap { at in
                UInt8(hex.dropFirst(at).prefix(2), radix: 16)
            }
            let hello = ClientHello(bytes)
            #expect(hello.version == 0x0303)
            // server_name, groups, algorithms, point formats, encrypt-then-MAC, extended master
            // secret, session ticket
            #expect(
                Set(hello.extensions.map(\.type)) == [0x00, 0x0A, 0x0D, 0x0B, 0x16, 0x17, 0x23])
            #expect(hello.list(0x0A) == [29, 23, 24, 25, 26, 27, 28])
            #expect(Set(hello.list(0x0D)) == [0x603, 0x601, 0x503, 0x501, 0x403, 0x401])
            // 58 in ESP-IDF, of which 20 are ARIA, which Debian's library lacks; and 0x00FF, which
            // stands for the extension of renegotiation.
            #expect(hello.suites.count == 39)
            #expect(hello.suites.contains(0x00FF))
            #expect(hello.suites.first == 0xC02C)
            #expect(
                hello.extensions.first { $0.type == 0 }?.bytes.suffix(9)
                    == Array("127.0.0.1".utf8)[...])
        }
    }
}
