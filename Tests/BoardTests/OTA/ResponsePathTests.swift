@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    /// Header and status.
    @Suite(.timeLimit(.minutes(10))) struct ResponsePathTests {
        private static let again = -esp_err_t(0x7007)
        private static let noHeader = UpdatePath.End.fails(
            .header, ESP_FAIL, ["E esp_https_ota: Complete headers were not received"])

        /// The server does this and then says nothing more, with a time-out of 300 ms.
        private static func timesOut(_ id: String, _ steps: Step...) -> UpdatePath {
            UpdatePath(
                id: id, connections: [[.request] + steps + [.hold]],
                end: UpdatePath.noBegin(self.again, UpdatePath.timedOut), isTLS: false, timeout: 300
            )
        }

        private static func answers(
            _ id: String, _ steps: Step..., end: UpdatePath.End
        ) -> UpdatePath {
            UpdatePath(id: id, connections: [[.request] + steps], end: end)
        }

        private static func serves(_ id: String, _ steps: [Step]) -> UpdatePath {
            UpdatePath(id: id, connections: [[.request] + steps], end: .updates)
        }

        /// A header field of 100 bytes.
        private static let line = "X: " + String(repeating: "y", count: 95) + "\r\n"
        private static let length = "Content-Length: \(UpdatePath.image.count)"

        // MARK: Header

        private static let headers = [
            answers("http-close-no-response", .fin, end: UpdatePath.noBegin(ESP_FAIL)),
            answers(
                "http-rst-no-response", .rst,
                end: UpdatePath.noBegin(
                    ESP_FAIL, "E esp-tls-mbedtls: read error :-0x0050:",
                    "E transport_base: esp_tls_conn_read error, errno=Connection reset by peer")),
            timesOut("http-response-timeout"),
            timesOut("http-header-stall", .send("HTTP/1.1 200 OK\r\nContent-Length: 20")),
            UpdatePath(
                id: "http-header-drip",
                connections: [
                    [
                        .request,
                        .drip("HTTP/1.1 200 OK\r\n" + length + "\r\n\r\n", bytes: 5, gap: 0.2),
                        .bytes(UpdatePath.image),
                    ]
                ], end: .updates, isTLS: false, timeout: 800),
            timesOut(
                "http-header-oversize", .send("HTTP/1.1 200 OK\r\n"), .repeat(line, 900),
                .send("\r\n")),
            serves(
                "http-header-oversize",
                [.send("HTTP/1.1 200 OK\r\n"), .repeat(line, 810), .send(length + "\r\n\r\n")]
                    + [.bytes(UpdatePath.image)]),
            answers(
                "http-garbage", .send("220 no HTTP at all\r\n"), .fin,
                end: UpdatePath.noBegin(ESP_FAIL)),
            timesOut("http-garbage", .send("220 no HTTP at all\r\n")),
            answers("http-0.9", .bytes(UpdatePath.image), .fin, end: UpdatePath.noBegin(ESP_FAIL)),
            timesOut("http-0.9", .bytes(UpdatePath.image)),
            timesOut(
                "http-dup-content-length", .head("HTTP/1.1 200 OK", length, length),
                .bytes(UpdatePath.image)),
            timesOut(
                "http-cl-and-te",
                .head("HTTP/1.1 200 OK", length, "Transfer-Encoding: chunked")),
            answers(
                "http-cl-negative", .head("HTTP/1.1 200 OK", "Content-Length: -5"), .fin,
                end: UpdatePath.noBegin(ESP_FAIL)),
            timesOut("http-cl-negative", .head("HTTP/1.1 200 OK", "Content-Length: -5")),
            timesOut("http-cl-negative", .head("HTTP/1.1 200 OK", "Content-Length: some")),
            answers(
                "http-cl-overflow", .head("HTTP/1.1 200 OK", "Content-Length: 1000000000000"),
                .hold, end: UpdatePath.noBegin(esp_err_t(bitPattern: 0xD4A5_1000))),
        ]

        @Test(
            .covers(
                "http-close-no-response", "http-rst-no-response", "http-response-timeout",
                "http-header-stall", "http-header-drip", "http-header-oversize", "http-garbage",
                "http-0.9", "http-dup-content-length", "http-cl-and-te", "http-cl-negative",
                "http-cl-overflow"), arguments: headers)
        func theHeaderDecidesWhetherAnUpdateBegins(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.headers.map(\.id)))
            try path.check()
        }

        // MARK: Status

        private static func refused(_ id: String, _ status: Int, _ line: String) -> UpdatePath {
            // With a body that would be taken from another status.
            UpdatePath(
                id: id, connections: [[.request] + Step.image(status) + [.hold]],
                end: UpdatePath.noBegin(ESP_FAIL, "E esp_https_ota: \(line)"), requests: ["GET /"])
        }

        /// A page that begins so, longer than what is read at first.
        private static func page(_ start: [UInt8]) -> [Step] {
            let page = start + Array(String(repeating: "please log in ", count: 200).utf8)
            return [.response(200, ["Content-Length: \(page.count)"]), .bytes(page)]
        }

        private static let noImage = UpdatePath.End.fails(
            .header, ESP_FAIL, ["E esp_https_ota: Incorrect app descriptor magic"])
        private static let noChip = UpdatePath.End.fails(
            .body, ESP_ERR_INVALID_VERSION, ["E esp_https_ota: Mismatch chip id, expected 0, found"]
        )

        private static let statuses =
            [
                refused("http-403-404", 403, "File not found(403)"),
                refused("http-403-404", 404, "File not found(404)"),
                refused("http-5xx", 500, "Server error (500)"),
                refused("http-5xx", 503, "Server error (503)"),
                refused("http-5xx", 600, "Server error (600)"),
                refused("http-5xx", 999, "Server error (999)"),
                answers(
                    "http-5xx", .response(503, ["Retry-After: 0"]), .hold,
                    end: UpdatePath.noBegin(ESP_FAIL, "E esp_https_ota: Server error (503)")),
            ]
            + [400, 402, 405, 410, 416, 421, 429, 499].map {
                refused("http-4xx", $0, "Client error (\($0))")
            } + [200, 300].map { answers("http-204-empty", .response($0), .hold, end: noHeader) }
            + [204, 304].map {
                answers("http-204-empty", .head("HTTP/1.1 \($0) No"), .hold, end: noHeader)
            } + [
                answers(
                    "http-204-empty", .response(206, body: "a few bytes"), .hold, end: noHeader)
            ]
            + [100, 103].map { status in
                UpdatePath(
                    id: "http-1xx-interim",
                    connections: [
                        [.request, .head("HTTP/1.1 \(status) Wait"), .wait(0.3)] + Step.image()
                    ], end: noHeader)
            } + [201, 203, 206, 300, 304, 305].map { serves("http-odd-2xx-3xx", Step.image($0)) }
            + [
                UpdatePath(
                    id: "http-content-encoding",
                    connections: [[.request] + page([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])],
                    end: noImage, inOneCall: noChip),
                answers(
                    "http-content-encoding",
                    .response(200, ["Content-Encoding: gzip"], body: "short"), .hold,
                    end: noHeader),
                UpdatePath(
                    id: "http-captive-portal",
                    connections: [[.request] + page(Array("<html><body>".utf8))],
                    end: noImage, inOneCall: noChip),
            ]

        @Test(
            .covers(
                "http-403-404", "http-4xx", "http-5xx", "http-204-empty", "http-1xx-interim",
                "http-odd-2xx-3xx", "http-content-encoding", "http-captive-portal"),
            arguments: statuses)
        func theStatusDecidesAndTheContentsTypeDoesNot(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.statuses.map(\.id)))
            try path.check()
        }
    }
}
