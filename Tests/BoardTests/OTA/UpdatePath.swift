@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

/// A path of an update (`OTAPath`): what the server does, and how esp_https_ota ends.
struct UpdatePath: Sendable, CustomTestStringConvertible {
    /// How an update ends.
    enum End: Sendable {
        /// The new app boots.
        case updates
        /// A step fails and the old app boots. The log's lines begin with these, and are no more.
        case fails(Update.Stage, esp_err_t, [String])
        /// All went well, says the call; and the old app boots.
        case pretends
    }

    let id: String
    /// What the server does on each connection after the handshake.
    let connections: [[Step]]
    /// How an update that goes step by step ends.
    let end: End
    /// How it ends in one call, if otherwise. That a begin's error becomes ESP_FAIL is not meant.
    var inOneCall: End? = nil
    var isTLS = true
    /// How each connection begins.
    var handshake: @Sendable (Certificates) throws -> [Step] = { [.tls($0.server, max: "1.2")] }
    /// The name of the alert, or of OpenSSL's own error, that ends the handshake at the server.
    var refusal: String? = nil
    /// What the client trusts in place of the tests' authority.
    var ca: String? = nil
    var commonName: String? = nil
    var timeout: Int32 = 5000
    /// How many reads of the body, of 100 ms, give nothing before the end; at least.
    var timeouts = 0
    /// Ranges of so many bytes are asked for.
    var partial: Int32? = nil
    /// Erase and program operations, if they are compared.
    var operations: UInt32? = nil
    /// The first lines of all requests, if they are compared: `GET / bytes=0-8191`.
    var requests: [String]? = nil
    var configure: @Sendable (inout esp_http_client_config_t) -> Void = { _ in }
    var prepare: @Sendable (Bench) -> Void = { _ in }

    var testDescription: String { self.id }

    /// What begins that failed end with.
    static let beginTail = "E esp_https_ota: Failed to establish HTTP connection"

    /// A begin that fails with these lines and the tail.
    static func noBegin(_ error: esp_err_t, _ lines: String...) -> End {
        .fails(.begin, error, lines + [self.beginTail])
    }

    static let timedOut = "W HTTP_CLIENT: Connection timed out before data was ready!"
    /// What a body's read logs, and esp_https_ota after it, when the connection has ended too early.
    static let ended = "W HTTP_CLIENT: esp_transport_read returned:-1 and errno:\(ENOTCONN) "
    static let cutOff = "E esp_https_ota: data read -1, errno \(ENOTCONN)"

    /// 19 blocks of 1024 bytes and 544 bytes more.
    static let image = Fixture.image("2.0.0", size: 20_000).bytes

    /// Makes the update in both styles, and compares.
    func check(_ location: SourceLocation = #_sourceLocation) throws {
        let certificates = try Certificates.shared.get()
        let greeting = self.isTLS ? try self.handshake(certificates) : []
        let once = self.connections.map { greeting + $0 }
        let server = try OddServer(once + once)
        for style in Update.Style.allCases {
            let url = "\(self.isTLS ? "https" : "http")://127.0.0.1:\(server.port)/"
            try self.check(style, url, self.ca ?? certificates.ca.pem, location)
        }
        let id = Comment(rawValue: self.id)
        if let requests = self.requests {
            let lines = try server.requestLines()
            #expect(lines == requests + requests, id, sourceLocation: location)
        }
        if let refusal = self.refusal {
            #expect(try server.refusals() == [refusal, refusal], id, sourceLocation: location)
        }
    }

    private func check(
        _ style: Update.Style, _ url: String, _ ca: String, _ location: SourceLocation
    ) throws {
        var stage: Update.Stage?
        esp_log_level_set("esp_https_ota", self.timeouts > 0 ? ESP_LOG_DEBUG : ESP_LOG_INFO)
        defer { esp_log_level_set("esp_https_ota", ESP_LOG_INFO) }
        let it = try Update.run(
            from: url, ca: ca, timeout: self.timeout, bodyTimeout: self.timeouts > 0 ? 100 : nil,
            partial: self.partial, commonName: self.commonName, configure: self.configure,
            prepare: self.prepare
        ) { config in
            guard style == .stepByStep else { return esp_https_ota(&config) }
            let (last, error) = Update.stepByStep(&config)
            stage = last
            return error
        }
        let note = Comment(rawValue: "\(self.id), \(style): \(it.notableLog)")
        self.compare(it, style, stage, note, location)
        let again = it.log.count {
            $0.hasPrefix("D esp_https_ota: ESP_ERR_HTTP_EAGAIN invoked: Call timed out")
        }
        #expect(again >= self.timeouts, note, sourceLocation: location)
    }

    private func compare(
        _ it: Update, _ style: Update.Style, _ stage: Update.Stage?, _ note: Comment,
        _ location: SourceLocation
    ) {
        var isNew = false
        var lines: [String] = []
        switch style == .inOneCall ? self.inOneCall ?? self.end : self.end {
        case .updates:
            #expect(it.error == ESP_OK, note, sourceLocation: location)
            #expect(stage == nil || stage == .finish, note, sourceLocation: location)
            isNew = true
        case .fails(let last, let error, let said):
            let isHidden = style == .inOneCall && last == .begin
            #expect(it.error == (isHidden ? ESP_FAIL : error), note, sourceLocation: location)
            #expect(stage == nil || stage == last, note, sourceLocation: location)
            lines = said
        case .pretends:
            #expect(it.error == ESP_OK, note, sourceLocation: location)
        }
        let log = it.notableLog.filter { !$0.hasPrefix("D ") }
        #expect(
            log.count == lines.count && zip(log, lines).allSatisfy { $0.hasPrefix($1) }, note,
            sourceLocation: location)
        if let operations = self.operations {
            #expect(it.operations == operations, note, sourceLocation: location)
        }
        let place = isNew ? Fixture.slots[0] : Fixture.factory
        #expect(it.boots == place && it.isOtadataBlank != isNew, note, sourceLocation: location)
    }
}

extension Step {
    /// A whole response with the image that the paths have in common.
    static func image(
        _ status: Int = 200, _ fields: [String] = [], _ range: Range<Int>? = nil
    ) -> [Step] {
        let bytes = UpdatePath.image[range ?? UpdatePath.image.indices]
        return [
            .response(status, fields + ["Content-Length: \(bytes.count)"]), .bytes(Array(bytes)),
        ]
    }
}
