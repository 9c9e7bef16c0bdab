@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// How the body comes, and how it ends.
    @Suite(.timeLimit(.minutes(10))) struct BodyPathTests {
        private static let image = UpdatePath.image
        private static let honest = length(image.count)
        private static let openEnd = Step.head("HTTP/1.1 200 OK", "Connection: close")
        private static let chunked = Step.head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked")

        private static func length(_ count: Int) -> Step {
            .head("HTTP/1.1 200 OK", "Content-Length: \(count)")
        }

        private static func bytes(_ range: Range<Int>) -> Step { .bytes(Array(image[range])) }
        private static func bytes(_ count: Int) -> Step { self.bytes(0..<count) }

        private static func chunk(_ range: Range<Int>, extension: String = "") -> [Step] {
            [
                .send(String(range.count, radix: 16) + `extension` + "\r\n"), self.bytes(range),
                .send("\r\n"),
            ]
        }

        /// Long enough for three reads of 100 ms, also when this computer is busy.
        private static let pause = Step.wait(0.6)

        private static func path(
            _ id: String, _ steps: [Step], _ end: UpdatePath.End, timeouts: Int = 0
        ) -> UpdatePath {
            UpdatePath(id: id, connections: [[.request] + steps], end: end, timeouts: timeouts)
        }

        private static func fails(_ lines: String...) -> UpdatePath.End {
            .fails(.body, ESP_FAIL, lines)
        }

        private static let readFailed = [
            "E HTTP_CLIENT: transport_read: error - -1 | ESP_FAIL",
            "E esp_https_ota: data read -1, errno",
        ]
        // MARK: Ends

        private static let noHeader = UpdatePath.End.fails(
            .header, ESP_FAIL, ["E esp_https_ota: Complete headers were not received"])
        private static let corrupt = UpdatePath.End.fails(
            .finish, ESP_ERR_OTA_VALIDATE_FAILED,
            ["E esp_image: invalid segment length 0xffffffff"])
        /// A whole image, which is twenty reads of 1024 bytes.
        private static let aligned = Fixture.image("2.0.0", size: 20_480).bytes

        private static let cuts: [UpdatePath] = [
            path("hdr-too-short", [length(180), bytes(180)], noHeader),
            path("hdr-too-short", [length(600), bytes(600)], noHeader),
            path("hdr-too-short", [length(1023), bytes(1023)], noHeader),
            path("hdr-too-short", [.response(), .fin], noHeader),
            // The read that comes to the end with some bytes says it too, but not of a close_notify.
            path(
                "body-short-fin", [honest, bytes(10_000), .fin],
                fails(UpdatePath.ended, UpdatePath.ended, UpdatePath.cutOff)),
            path(
                "body-short-fin", [honest, bytes(10_000), .closeNotify, .fin],
                fails(UpdatePath.ended, UpdatePath.cutOff)),
            path(
                "body-short-aligned", [honest, bytes(10_240), .closeNotify, .fin],
                fails("E esp_https_ota: data read -1, errno 0")),
            path(
                "body-rst", [honest, bytes(10_240), .wait(0.3), .rst],
                .fails(
                    .body, ESP_FAIL,
                    [
                        "E esp-tls-mbedtls: read error :-0x0050:",
                        "E transport_base: esp_tls_conn_read error, errno=Connection reset by peer",
                        "W HTTP_CLIENT: esp_transport_read returned:-80 and errno:\(ECONNRESET) ",
                    ] + readFailed)),
            path(
                "http-cl-4g", [length(1 << 32 + image.count), .bytes(image), .fin],
                fails(UpdatePath.ended, UpdatePath.ended, UpdatePath.cutOff)),
            path(
                "chunk-truncated", [chunked] + chunk(0..<10_000) + [.fin],
                fails(UpdatePath.cutOff)),
            path(
                "chunk-bad-size",
                [chunked] + chunk(0..<10_000) + [.send("ZZZZ\r\n"), bytes(10_000..<20_000), .fin],
                fails(UpdatePath.cutOff)),
        ]

        private static let wholes: [UpdatePath] = [
            path(
                "body-long",
                [honest, .bytes(image), .send("and more, in the same record or not"), .fin],
                .updates),
            path("body-long", [honest, .bytes(image + image)], .updates),
            path("body-cl-understated", [length(18_000), .bytes(image)], corrupt),
            path("body-trunc-matching-cl", [length(18_000), bytes(18_000)], corrupt),
            path(
                "body-trunc-matching-cl", [length(19_984), bytes(19_984)],
                .fails(
                    .finish, ESP_ERR_OTA_VALIDATE_FAILED,
                    ["E esp_image: Image hash failed - image is corrupt"])),
            path("body-eof-trunc", [openEnd, bytes(18_000), .fin], corrupt),
            path("body-eof-trunc", [openEnd, bytes(18_000), .closeNotify, .fin], corrupt),
            // The image is whole, and it is the close_notify that is not understood.
            path(
                "body-eof-aligned", [openEnd, .bytes(aligned), .closeNotify, .fin],
                fails("E esp_https_ota: data read -1, errno 0")),
            path("body-eof-aligned", [openEnd, .bytes(aligned), .fin], .updates),
            path("body-eof-aligned", [openEnd, .bytes(image), .closeNotify, .fin], .updates),
            path(
                "chunk-ext-trailer",
                [chunked] + chunk(0..<10_000, extension: ";name=\"value\"")
                    + chunk(10_000..<20_000, extension: ";x")
                    + [.send("0;last\r\nX-Trailer: y\r\n\r\n"), .hold], .updates),
        ]

        private static let ends = cuts + wholes

        @Test(
            .covers(
                "hdr-too-short", "body-short-fin", "body-short-aligned", "body-rst", "http-cl-4g",
                "body-long", "body-cl-understated", "body-trunc-matching-cl", "body-eof-trunc",
                "body-eof-aligned", "chunk-truncated", "chunk-bad-size", "chunk-ext-trailer"),
            arguments: ends)
        func theBodysEndDecides(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.ends.map(\.id)))
            try path.check()
        }

        // MARK: Stalls

        private static let stalls = [
            path(
                "hdr-stall", [honest, bytes(500), pause, bytes(500..<20_000)], .updates,
                timeouts: 3),
            path(
                "body-stall", [honest, bytes(10_000), pause, bytes(10_000..<20_000)], .updates,
                timeouts: 3),
            path(
                "body-slow",
                [honest]
                    + stride(from: 0, to: 20_000, by: 4000).flatMap {
                        [bytes($0..<$0 + 4000), .wait(0.25)]
                    }, .updates, timeouts: 4),
            path(
                "body-closenotify-no-fin", [honest, bytes(10_000), .closeNotify, pause, .fin],
                fails(UpdatePath.ended, UpdatePath.cutOff), timeouts: 3),
            path(
                "body-closenotify-no-fin", [openEnd, .bytes(image), .closeNotify, pause, .fin],
                .updates, timeouts: 3),
            path(
                "chunk-no-terminator", [chunked] + chunk(0..<20_000) + [pause, .fin],
                fails(UpdatePath.cutOff), timeouts: 3),
        ]

        /// Nothing ends the wait but the server, which does so here after a while.
        @Test(
            .covers(
                "hdr-stall", "body-stall", "body-slow", "body-closenotify-no-fin",
                "chunk-no-terminator"), arguments: stalls)
        func aStallIsWaitedForWithoutEnd(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.stalls.map(\.id)))
            try path.check()
        }

        // MARK: Records

        private static func readFails(_ code: String) -> UpdatePath.End {
            .fails(
                .body, ESP_FAIL,
                [
                    "E esp-tls-mbedtls: read error :-0x\(code):",
                    "E transport_base: esp_tls_conn_read error, errno=",
                ] + readFailed)
        }

        private static let records =
            [
                // A record of data whose key is another, and an alert without encryption.
                "\u{17}\u{3}\u{3}\u{0}\u{28}" + String(repeating: "z", count: 40),
                "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}",
            ].map {
                path(
                    "body-tls-bad-mac", [honest, bytes(10_240), .raw($0), .hold],
                    readFails("7180"))
            } + [
                path(
                    "body-tls-record-too-big",
                    [honest, bytes(10_240), .raw("\u{17}\u{3}\u{3}\u{ff}\u{ff}"), .hold],
                    readFails("7100"))
            ]

        @Test(.covers("body-tls-bad-mac", "body-tls-record-too-big"), arguments: records)
        func aRecordThatIsWrongIsAReadError(path: UpdatePath) throws {
            #expect(Covers.current == Set(Self.records.map(\.id)))
            try path.check()
        }

        /// A receive buffer of 4096 bytes, and a record that is too long for it, or just so.
        @Test(.covers("tls-small-rx-record"), arguments: [(16_384, "7100"), (4200, "7200")])
        func aSmallReceiveBufferRefusesLongRecords(count: Int, code: String) throws {
            var path = Self.path(
                "tls-small-rx-record",
                [
                    Self.honest, Self.bytes(2048), .wait(0.3), Self.bytes(2048..<2048 + count),
                    .hold,
                ],
                Self.readFails(code))
            path.prepare = { _ in board.tls_in_length = 4096 }
            try path.check()
            // Head and range together are what is too long.
            path = Self.path(
                "tls-small-rx-record",
                [.response(206, body: String(repeating: "x", count: 4096)), .hold],
                .fails(
                    .begin, ESP_FAIL,
                    [
                        "E esp-tls-mbedtls: read error :-0x7200:",
                        "E transport_base: esp_tls_conn_read error, errno=", UpdatePath.beginTail,
                    ]))
            path.prepare = { _ in board.tls_in_length = 4096 }
            try path.check()
        }

        /// The low half of the length is what is said.
        @Test func theSizeOf4GiBAndSomeIsTheRest() throws {
            let server = try OddServer([
                .request, .head("HTTP/1.1 200 OK", "Content-Length: \(1 << 32 + 20_000)"), .hold,
            ])
            let it = try Update.run(from: "http://127.0.0.1:\(server.port)/", timeout: 5000) {
                var ota: esp_https_ota_handle_t?
                let error = esp_https_ota_begin(&$0, &ota)
                #expect(esp_https_ota_get_image_size(ota) == 20_000)
                esp_https_ota_abort(ota)
                return error
            }
            #expect(it.error == ESP_OK)
        }

        /// Erasing stops with the bytes: what a slot held before may complete an image.
        @Test(.covers("body-trunc-matching-cl")) func aTruncatedImageMayPassOnAWarmSlot() throws {
            var path = Self.path(
                "body-trunc-matching-cl",
                [Self.length(16_384), Self.bytes(16_384)], .updates)
            path.prepare = { $0.preset(Fixture.slots[0], Self.image) }
            try path.check()
        }
    }
}
