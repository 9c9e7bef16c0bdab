@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    /// What becomes of a response until its body begins.
    @Suite(.timeLimit(.minutes(1))) struct HeaderTests {
        init() { board_set_defaults() }

        private static let again = -Int64(0x7007)
        /// A header field of 100 bytes.
        private static let line = "X: " + String(repeating: "y", count: 95) + "\r\n"
        private static let timeout = "W HTTP_CLIENT: Connection timed out before data was ready!"

        private func start(
            _ steps: [Step], timeout: Int32 = 300,
            _ after: (HTTPClient) throws -> Void = { _ in }
        ) throws -> (result: Int64, log: [String]) {
            let server = try OddServer([.request] + steps)
            let (result, log) = try BoardLog.during {
                let client = try #require(
                    HTTPClient("http://127.0.0.1:\(server.port)/", timeout: timeout))
                let result = client.start()
                try after(client)
                return result
            }
            return (result, log)
        }

        @Test func anEndBeforeTheStatusFails() throws {
            let closed = try self.start([.fin])
            #expect(closed.result == -1 && closed.log.isEmpty)
            let reset = try self.start([.rst])
            #expect(reset.result == -1)
            #expect(
                reset.log == ["E transport_base: tcp_read error, errno=Connection reset by peer"])
        }

        @Test(
            arguments: [
                [.hold], [.send("HTTP/1.1 200 OK\r\nX: y\r\n"), .hold],
                [.send("no HTTP at all"), .hold],
                [.head("HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 5"), .hold],
                [
                    .head("HTTP/1.1 200 OK", "Content-Length: 5", "Transfer-Encoding: chunked"),
                    .hold,
                ],
                [.head("HTTP/1.1 200 OK", "Content-Length: -5"), .hold],
                [
                    .send("HTTP/1.1 200 OK\r\n"),
                    .repeat(Self.line, 900),
                    .send("\r\n"), .hold,
                ],
            ] as [[Step]])
        func whatIsNoResponseEndsWithTheTimeout(_ steps: [Step]) throws {
            let (result, log) = try self.start(steps)
            #expect(result == Self.again)
            #expect(log == [Self.timeout])
        }

        @Test func aParsersErrorIsNotNoticedBeforeTheConnectionEnds() throws {
            let (result, log) = try self.start([.send("no HTTP at all"), .fin])
            #expect(result == -1 && log.isEmpty)
        }

        @Test func longAndSlowHeadersAreAccepted() throws {
            let long = try self.start([
                .send("HTTP/1.1 200 OK\r\n"),
                .repeat(Self.line, 790),
                .send("Content-Length: 3\r\n\r\nabc"), .fin,
            ])
            #expect(long.result == 3 && long.log.isEmpty)
            let slow = try self.start([
                .drip("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", bytes: 4, gap: 0.1), .fin,
            ])
            #expect(slow.result == 3 && slow.log.isEmpty)
        }

        @Test(arguments: [201, 203, 206, 300, 305, 404, 416, 500, 999])
        func anyStatusMayHaveABody(_ status: Int) throws {
            _ = try self.start([.response(status, body: "abc"), .fin]) { client in
                #expect(client.status == Int32(status))
                #expect(client.read(10).text == "abc")
                #expect(client.isComplete)
            }
        }

        @Test(arguments: [204, 304])
        func someHaveNone(_ status: Int) throws {
            let (result, _) = try self.start([.head("HTTP/1.1 \(status) No"), .hold]) { client in
                #expect(client.read(10).result == 0)
                #expect(client.isComplete)
            }
            #expect(result == 0)
        }

        @Test(arguments: [100, 103])
        func anInterimResponsePassesForTheResponse(_ status: Int) throws {
            _ = try self.start([
                .head("HTTP/1.1 \(status) Wait"), .wait(0.2), .response(body: "abc"), .hold,
            ]) { client in
                #expect(client.status == Int32(status))
                #expect(client.read(1024).result == 0)
                #expect(client.isComplete)
            }
        }

        @Test(arguments: [
            ("1000000000000", 1_000_000_000_000), ("4294967300", 4_294_967_300),
        ])
        func lengthsHave64Bits(_ text: String, _ length: Int64) throws {
            let start = try self.start([.head("HTTP/1.1 200 OK", "Content-Length: \(text)"), .hold])
            #expect(start.result == length)
        }

        @Test func aResponseWithoutALengthCountsAsChunked() throws {
            for step in [
                Step.head("HTTP/1.0 200 OK"), .head("HTTP/1.1 200 OK", "Content-Length: 0"),
                .head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"),
            ] {
                let (result, _) = try self.start([step, .hold]) {
                    #expect(esp_http_client_is_chunked_response($0.handle))
                }
                #expect(result == 0)
            }
        }
    }
}
