@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    @Suite(.timeLimit(.minutes(1))) struct RequestTests {
        init() { board_set_defaults() }

        @Test func requestsAreTheRealClientsByteForByte() throws {
            let server = try OddServer([
                .request, .response(body: "ab"), .request, .response(body: "ab"), .request,
                .response(body: "ab"), .fin,
            ])
            let host = "127.0.0.1:\(server.port)"
            do {
                let client = try #require(HTTPClient("http://\(host)/a/b?c=d#e"))
                #expect(client.start() == 2)
                #expect(client.readAll().bytes == 2)
                esp_http_client_set_header(client.handle, "Range", "bytes=0-16383")
                #expect(client.start() == 2)
                #expect(client.readAll().bytes == 2)
                esp_http_client_delete_header(client.handle, "range")
                esp_http_client_set_method(client.handle, HTTP_METHOD_POST)
                #expect(esp_http_client_open(client.handle, -1) == ESP_OK)
                #expect(esp_http_client_write(client.handle, "0\r\n\r\n", 5) == 5)
                #expect(esp_http_client_fetch_headers(client.handle) == 2)
            }
            let usual = "User-Agent: ESP32 HTTP Client/1.0\r\nHost: \(host)\r\n"
            #expect(
                try server.requests() == [
                    "GET /a/b?c=d HTTP/1.1\r\n\(usual)Content-Length: 0",
                    "GET /a/b?c=d HTTP/1.1\r\n\(usual)Content-Length: 0\r\nRange: bytes=0-16383",
                    "POST /a/b?c=d HTTP/1.1\r\n\(usual)Transfer-Encoding: chunked",
                ])
        }

        @Test(arguments: ["http://127.0.0.1:80", "https://127.0.0.1:443/x", "http://127.0.0.1/"])
        func theHostFieldHasNoDefaultPort(_ url: String) throws {
            let client = try #require(HTTPClient(url))
            var host: UnsafeMutablePointer<CChar>?
            #expect(esp_http_client_get_header(client.handle, "host", &host) == ESP_OK)
            #expect(host.map { String(cString: $0) } == "127.0.0.1")
            #expect(client.events.ids.isEmpty)
        }

        @Test(arguments: ["", "ok", "http://", "http:///x", "http://a:b:c/"])
        func whatIsNoURLIsSaidToBeNone(_ url: String) {
            let (client, log) = BoardLog.during { HTTPClient(url) }
            #expect(client == nil)
            #expect(log == ["E HTTP_CLIENT: Error parse url \(url)"])
        }

        @Test func aURLThatIsLongerThanTheBufferIsNotAskedFor() throws {
            let server = try OddServer([.request])
            let url = "http://127.0.0.1:\(server.port)/" + String(repeating: "x", count: 600)
            let (error, log) = try BoardLog.during {
                let client = try #require(HTTPClient(url))
                return esp_http_client_open(client.handle, 0)
            }
            #expect(error == ESP_ERR_HTTP_BASE + 3)
            #expect(log == ["E HTTP_CLIENT: Out of buffer"])
            #expect(try server.requests().isEmpty)
        }

        @Test func performTellsItsHandlerWhatHappens() throws {
            let server = try OddServer([
                .request, .response(200, ["X-Test: one"], body: "hello"), .hold,
            ])
            let client = try #require(HTTPClient("http://127.0.0.1:\(server.port)/"))
            #expect(esp_http_client_perform(client.handle) == ESP_OK)
            #expect(client.status == 200)
            #expect(esp_http_client_get_content_length(client.handle) == 5)
            #expect(client.events.headers == ["Content-Length: 5", "X-Test: one"])
            #expect(client.events.data == "hello")
            esp_http_client_close(client.handle)
            #expect(client.events.ids == [1, 2, 3, 3, 4, 5, 6])
        }

        @Test func performPostsAForm() throws {
            let server = try OddServer([.request, .response(body: "ok"), .hold])
            let form = strdup("a=b")  // the client keeps the pointer
            defer { free(form) }
            do {
                let client = try #require(HTTPClient("http://127.0.0.1:\(server.port)/"))
                esp_http_client_set_method(client.handle, HTTP_METHOD_POST)
                #expect(esp_http_client_set_post_field(client.handle, form, 3) == ESP_OK)
                #expect(esp_http_client_perform(client.handle) == ESP_OK)
            }
            let seen = try server.seen()
            let request = try #require(seen.first?["request"] as? String)
            #expect(
                request.hasSuffix(
                    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3"))
            #expect(seen.first?["body"] as? String == "a=b")
        }
    }
}
