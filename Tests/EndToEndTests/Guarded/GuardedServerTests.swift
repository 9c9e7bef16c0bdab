import Foundation
import Testing

/// What a server can do to a download, above TLS, and the end that a guarded update must come to: within its
/// deadline, with no false success, and with nothing taken that must be refused.
@Suite struct GuardedServerTests {
    struct Row: CustomTestStringConvertible {
        /// The path of an update that this provokes, as `faultserve list coverage` names it.
        let id: String
        /// The server's; see Fixtures/update_server.py.
        let path: String
        let end: GuardedEnd
        /// How often the server is asked for this path; nil: that does not matter.
        let asked: Int?
        let options: [String]

        init(
            _ id: String, _ path: String, _ end: GuardedEnd, asked: Int? = nil,
            _ options: [String] = []
        ) {
            self.id = id
            self.path = path
            self.end = end
            self.asked = asked
            self.options = options
        }

        var testDescription: String { "\(self.id) (\(self.path))" }
    }

    private static let answer = GuardedEnd.rejected("http", "ESP_ERR_INVALID_RESPONSE")
    private static let noAnswer = GuardedEnd.rejected("http", "ESP_ERR_HTTP_FETCH_HEADER")
    private static let lateAnswer = GuardedEnd.rejected("http", "ESP_ERR_TIMEOUT")
    private static let tooLarge = GuardedEnd.rejected("http", "ESP_ERR_INVALID_SIZE")
    private static let cut = GuardedEnd.rejected("download", "ESP_ERR_INVALID_SIZE")
    private static let late = GuardedEnd.rejected("download", "ESP_ERR_TIMEOUT")
    private static let noImage = GuardedEnd.rejected("header", "ESP_ERR_OTA_VALIDATE_FAILED")
    private static let notWhole = GuardedEnd.rejected("verify", "ESP_ERR_OTA_VALIDATE_FAILED")
    private static let noServer = GuardedEnd.rejected(
        "connect", "ESP_ERR_ESP_TLS_FAILED_CONNECT_TO_HOST")
    private static let noConnection = GuardedEnd.rejected(
        "connect", "ESP_ERR_ESP_TLS_CONNECTION_TIMEOUT")
    private static let noTrust = GuardedEnd.rejected(
        "connect", "ESP_ERR_MBEDTLS_SSL_HANDSHAKE_FAILED")

    static let connections: [Row] = [
        Row("tcp-refused", "redirect-closed", Self.noServer, asked: 2),
        Row("tcp-blackhole", "redirect-full", Self.noConnection, asked: 2),
    ]

    static let answers: [Row] = [
        Row("http-close-no-response", "close-silently", Self.noAnswer, asked: 2),
        Row("http-rst-no-response", "reset", Self.noAnswer, asked: 2),
        Row("http-response-timeout", "no-response", Self.lateAnswer, asked: 2),
        Row("http-header-stall", "stall-header", Self.lateAnswer, asked: 2),
        Row("http-header-drip", "header-lines", .updated),
        Row("http-header-drip", "header-lines-forever", Self.lateAnswer, asked: 1),
        Row("http-header-drip", "header-bytes-forever", .restarted("http"), asked: 1),
        Row("http-header-oversize", "big-header", .updated),
        Row("http-header-oversize", "header-90k", Self.lateAnswer, asked: 2),
        Row("http-garbage", "garbage", Self.noAnswer, asked: 2),
        Row("http-0.9", "no-head", Self.noAnswer, asked: 2),
        Row("http-dup-content-length", "two-lengths", Self.lateAnswer, asked: 2),
        Row("http-cl-and-te", "length-and-chunks", Self.lateAnswer, asked: 2),
        Row("http-cl-negative", "length-negative", Self.noAnswer, asked: 2),
        Row("http-cl-negative", "length-no-number", Self.noAnswer, asked: 2),
        Row("http-cl-overflow", "length-1e12", Self.tooLarge, asked: 1),
        Row("http-cl-4g", "length-4g", Self.tooLarge, asked: 1),
        Row("http-403-404", "status-403", Self.answer, asked: 1),
        Row("http-403-404", "status-404", Self.answer, asked: 1),
        Row("http-403-404", "status-404-image", Self.answer, asked: 1),
        Row("http-4xx", "status-410", Self.answer, asked: 1),
        Row("http-4xx", "status-416", Self.answer, asked: 1),
        Row("http-4xx", "status-429", Self.answer, asked: 2),
        Row("http-4xx", "once-408", .updated),
        Row("http-4xx", "once-429", .updated),
        Row("http-5xx", "status-500", Self.answer, asked: 2),
        Row("http-5xx", "status-503", Self.answer, asked: 2),
        Row("http-5xx", "status-999-image", Self.answer, asked: 2),
        Row("http-5xx", "once-503", .updated),
        Row("http-204-empty", "status-204", Self.answer, asked: 1),
        Row("http-204-empty", "status-304", Self.answer, asked: 1),
        Row("http-204-empty", "empty", Self.noImage, asked: 1),
        Row("http-1xx-interim", "early-hints", .updated, asked: 1),
        Row("http-odd-2xx-3xx", "status-201-image", Self.answer, asked: 1),
        Row("http-odd-2xx-3xx", "status-203-image", Self.answer, asked: 1),
        Row("http-odd-2xx-3xx", "status-206", Self.answer, asked: 1),
        Row("http-odd-2xx-3xx", "status-300-image", Self.answer, asked: 1),
        Row("http-odd-2xx-3xx", "status-305-image", Self.answer, asked: 1),
        Row("http-304-head", "status-304-image", Self.answer, asked: 1),
        Row("http-content-encoding", "encoded", Self.answer, asked: 1),
        Row("http-content-encoding", "encoded-in-word", Self.answer, asked: 1),
        Row("http-content-encoding", "encoded-silently", Self.noImage, asked: 1),
        Row("http-captive-portal", "captive", Self.noImage, asked: 1),
        Row("redir-no-location", "redirect-nowhere", Self.answer, asked: 1),
        Row("redir-relative-no-slash", "redirect-relative", Self.answer, asked: 1),
        Row("redir-relative-abs-path", "redirect", .updated),
        Row("redir-loop-get", "redirect-loop", .rejected("http", "ESP_ERR_HTTP_MAX_REDIRECT")),
        Row("redir-loop-get", "redirect-5", .updated),
        Row("redir-loop-get", "redirect-6", .rejected("http", "ESP_ERR_HTTP_MAX_REDIRECT")),
        Row("redir-downgrade", "redirect-http", Self.answer, asked: 1),
        Row("redir-unknown-scheme", "redirect-ftp", Self.answer, asked: 1),
        Row("redir-close-same-host", "redirect-close", .updated),
        Row("redir-target-tls-fail", "redirect-name", Self.noTrust, asked: 1),
        Row("redir-stale-host-header", "redirect-port", .updated),
        Row("redir-no-location", "redirect-long", Self.answer, asked: 1),
        Row("auth-no-challenge", "status-401", Self.answer, asked: 1),
        Row("auth-unsupported", "auth-basic", Self.answer, asked: 1),
    ]

    static let bodies: [Row] = [
        Row("hdr-too-short", "body-200", Self.noImage, asked: 1),
        Row("hdr-stall", "stall-start", Self.late),
        Row("body-stall", "stall-body", Self.late),
        Row("body-slow", "drip", .updated),
        Row("body-slow", "slow", .updated),
        Row("body-slow", "trickle", Self.late, asked: 1),
        Row("body-closenotify-no-fin", "cut-open", Self.late),
        Row("body-closenotify-no-fin", "no-length-open", .updated),
        Row("body-short-fin", "cut-fin", Self.cut),
        Row("body-short-fin", "long-length", Self.cut),
        Row("body-short-aligned", "cut-aligned", Self.cut),
        Row("body-rst", "cut-rst", Self.cut),
        Row("body-tls-bad-mac", "bad-record", Self.late),
        Row("body-tls-bad-mac", "plain-alert", Self.late),
        Row("body-tls-record-too-big", "big-record", Self.cut),
        Row("tls-small-rx-record", "honest", Self.cut, asked: nil, ["--tls-in-length", "4096"]),
        Row("body-long", "trailing", .updated),
        Row("body-long", "endless", .updated),
        Row("body-cl-understated", "short-length", Self.notWhole, asked: 1),
        Row("body-trunc-matching-cl", "short-body", Self.notWhole, asked: 1),
        Row("body-eof-trunc", "cut-no-length", Self.cut, asked: 3),
        Row("body-eof-aligned", "no-length-fin", .updated),
        Row("chunk-truncated", "chunked-cut", Self.cut),
        Row("chunk-truncated", "chunked-short", Self.notWhole, asked: 1),
        Row("chunk-bad-size", "chunk-bad-size", Self.cut),
        Row("chunk-no-terminator", "chunk-no-end", .updated),
        Row("chunk-no-terminator", "chunk-no-end-short", Self.late),
        Row("chunk-ext-trailer", "chunk-extras", .updated),
    ]

    private let server: UpdateServer

    init() throws { self.server = try UpdateServer.shared.get() }

    private func expect(_ row: Row) throws {
        // Of this row alone.
        let path = "\(row.path)?\(row.id)"
        let update = try GuardedUpdate(
            VirtualBoard(), self.server.url + path, ca: self.server.ca,
            within: row.end.overallTimeout, row.options)
        update.expect(row.end)
        guard let wanted = row.asked else { return }
        let asked = try self.server.requests.count { $0.path == "/" + path }
        // On a busy computer the one answer that ends it may come too late at first.
        let late = wanted == 1 ? update.count("Connection timed out before data was ready!") : 0
        #expect((wanted...wanted + late).contains(asked), "\(asked): \(update.run.console)")
    }

    @Test(.timeLimit(.minutes(5)), arguments: connections)
    func aConnectionThatFailsEnds(row: Row) throws { try self.expect(row) }

    @Test(.timeLimit(.minutes(5)), arguments: answers)
    func anAnswerIsFollowedOrRefused(row: Row) throws { try self.expect(row) }

    @Test(.timeLimit(.minutes(5)), arguments: bodies)
    func aBodyComesWholeOrIsRefused(row: Row) throws { try self.expect(row) }

    @Test(.timeLimit(.minutes(5)))
    func aNameWithoutAnAddressIsSaidToBe() throws {
        let update = try GuardedUpdate(
            VirtualBoard(), "https://no-such-host.invalid/app.bin", ca: self.server.ca)
        update.expect(.rejected("connect", "ESP_ERR_ESP_TLS_CANNOT_RESOLVE_HOSTNAME"))
    }

    /// esp_http_client 5.3.2 takes such a body for cut off.
    @Test(.timeLimit(.minutes(5)))
    func aBodyThatEndsWithItsConnectionAtAMultipleOfTheBufferIsTaken() throws {
        let server = try UpdateServer(image: ["--size", "69632"])
        let update = try GuardedUpdate(VirtualBoard(), server.url + "no-length", ca: server.ca)
        update.expect(.updated)
    }

    /// The slot holds the same image from before: what is missing of it would be there.
    @Test(.timeLimit(.minutes(5)), arguments: [[], ["manifest"]])
    func aFileThatIsCutShortIsNotMadeWholeByWhatTheSlotHeld(manifest: [String]) throws {
        let board = try VirtualBoard()
        let (two, three) = (self.server, try UpdateServer(image: ["--version", "3.0.0"]))
        try GuardedUpdate(board, two.url + "honest", ca: two.ca).expect(.updated)
        try GuardedUpdate(board, three.url + "honest", ca: three.ca)
            .expect(.updated("3.0.0"), slot: "ota_1")
        let lines = manifest.map { "manifest \(two.url)\($0)" }
        for path in ["cut-at-sector", "cut-at-sector-in-chunks", "cut-before-end"] {
            let update = try GuardedUpdate(board, two.url + path, ca: two.ca, typing: lines)
            update.expect(Self.notWhole, old: "ota_1 3.0.0")
        }
    }
}
