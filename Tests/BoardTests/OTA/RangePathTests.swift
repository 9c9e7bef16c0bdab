@preconcurrency import Board
import Foundation
import Testing

extension BoardTests {
    /// A download in ranges of 8192 bytes, after a HEAD.
    @Suite(.timeLimit(.minutes(10))) struct RangePathTests {
        private static let size = UpdatePath.image.count

        /// One connection, for one request.
        private static func head(_ field: String) -> [Step] {
            [.request, .head("HTTP/1.1 200 OK", field)]
        }
        private static func size(_ size: Int = size) -> [Step] {
            self.head("Content-Length: \(size)")
        }
        private static func range(_ range: Range<Int>) -> [Step] {
            [.request] + Step.image(206, [], range)
        }
        private static let whole = [Step.request] + Step.image(200)
        private static let nothing = [Step.request, .response(206)]
        private static let refused = [Step.request, .response(416)]

        private static func path(
            _ id: String, _ connections: [[Step]], _ end: UpdatePath.End,
            inOneCall: UpdatePath.End? = nil, requests: [String]
        ) -> UpdatePath {
            UpdatePath(
                id: id, connections: connections, end: end, inOneCall: inOneCall, partial: 8192,
                requests: ["HEAD /"] + requests)
        }

        private static func begin(_ error: esp_err_t, _ lines: String...) -> UpdatePath.End {
            .fails(.begin, error, lines)
        }

        private static let ranges = ["GET / bytes=0-8191", "GET / bytes=8192-16383"]
        private static let allRanges = ranges + ["GET / bytes=16384-"]
        private static let beyond = [
            "GET / bytes=0-8191", "GET / bytes=8192-16383", "GET / bytes=16384-24575",
        ]
        private static let noRange = UpdatePath.End.fails(
            .body, ESP_FAIL, ["E esp_https_ota: Client error (416)", UpdatePath.beginTail])
        private static let incomplete = UpdatePath.End.fails(.incomplete, ESP_OK, [])
        private static let corrupt = UpdatePath.End.fails(
            .finish, ESP_ERR_OTA_VALIDATE_FAILED,
            ["E esp_image: Checksum failed. Calculated 0x"])
        /// So often is what never ends done here.
        private static let many = 30

        private static let heads =
            [405, 403, 501, 404].map { status in
                path(
                    "head-not-200", [[.request, .response(status)]],
                    begin(ESP_FAIL, "E esp_https_ota: Received incorrect http status \(status)"),
                    requests: [])
            } + [
                path(
                    "head-no-length", [head("Transfer-Encoding: chunked"), whole], incomplete,
                    inOneCall: .pretends, requests: ["GET /"]),
                path(
                    "head-understates",
                    [size(size - 5000), range(0..<8192), range(8192..<size)], incomplete,
                    inOneCall: .pretends, requests: ["GET / bytes=0-8191", "GET / bytes=8192-"]),
                path(
                    "head-overstates",
                    [
                        size(size + 5000), range(0..<8192), range(8192..<16384),
                        range(16384..<size), refused,
                    ], noRange, requests: beyond + ["GET / bytes=\(size)-"]),
                path(
                    "head-overstates",
                    [
                        size(size + 5000), range(0..<8192), range(8192..<16384),
                        range(16384..<size),
                    ] + Array(repeating: nothing, count: many) + [refused], noRange,
                    requests: beyond + Array(repeating: "GET / bytes=\(size)-", count: many + 1)),
            ]

        @Test(
            .covers("head-not-200", "head-no-length", "head-understates", "head-overstates"),
            arguments: heads)
        func whatTheHeadSaysIsBelieved(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.heads.map(\.id)))
            try path.check()
        }

        @Test(.covers("head-timeout")) func aHeadThatIsNotAnsweredTimesOut() throws {
            try UpdatePath(
                id: "head-timeout", connections: [[.request, .hold]],
                end: Self.begin(
                    ESP_ERR_HTTP_EAGAIN, UpdatePath.timedOut,
                    "E esp_https_ota: ESP HTTP client perform failed: 28679"), isTLS: false,
                timeout: 300, partial: 8192
            ).check()
        }

        private static let bodies = [
            path(
                "range-ignored-first", [size(), whole], .updates, requests: ["GET / bytes=0-8191"]),
            path(
                "range-ignored-later", [size(), range(0..<8192), whole], incomplete,
                inOneCall: .fails(
                    .finish, ESP_ERR_OTA_VALIDATE_FAILED, ["E esp_image: "]), requests: ranges),
            path(
                "range-wrong-bytes",
                [size(), range(0..<8192), range(8000..<16192), range(16384..<size)], corrupt,
                requests: allRanges),
            path("range-416-mid", [size(), range(0..<8192), refused], noRange, requests: ranges),
            // As long as the server does it, here thirty times.
            path(
                "range-empty-206",
                [size(), range(0..<8192)] + Array(repeating: nothing, count: many)
                    + [range(8192..<16384), range(16384..<size)], .updates,
                requests: ranges + Array(repeating: ranges[1], count: many)
                    + ["GET / bytes=16384-"]),
        ]

        @Test(
            .covers(
                "range-ignored-first", "range-ignored-later", "range-wrong-bytes", "range-416-mid",
                "range-empty-206"), arguments: bodies)
        func rangesAreTakenAsTheyCome(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.bodies.map(\.id)))
            try path.check()
        }

        @Test(.covers("range-reconnect-fail")) func aConnectionForARangeIsTriedOnce() throws {
            let certificates = try Certificates.shared.get()
            let tls = Step.tls(certificates.server, max: "1.2")
            let once: [[Step]] = [[tls] + Self.size(), [tls] + Self.range(0..<8192), [.fin]]
            let server = try OddServer(once)
            let it = try Update.run(
                from: "https://127.0.0.1:\(server.port)/", ca: certificates.ca.pem, timeout: 5000,
                partial: 8192
            ) { esp_https_ota(&$0) }
            #expect(it.error == ESP_FAIL && it.boots == Fixture.factory && it.isOtadataBlank)
            #expect(it.notableLog == UpdatePath.handshake("7280") + [UpdatePath.beginTail])
            #expect(try server.requestLines() == ["HEAD /", "GET / bytes=0-8191"])
        }
    }
}
