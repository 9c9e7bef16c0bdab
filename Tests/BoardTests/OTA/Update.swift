@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

/// What an update by esp_https_ota came to, on a bench of its own whose factory app runs.
struct Update {
    /// How an app calls it.
    enum Style: CaseIterable {
        /// esp_https_ota alone, as ESP-IDF's simple example.
        case inOneCall
        /// begin, get_img_desc, perform until it is done, finish; as ESP-IDF's advanced example.
        case stepByStep
    }

    /// The step that was the last.
    enum Stage: Equatable { case begin, header, body, incomplete, finish }

    /// What the last call returned.
    var error: esp_err_t = ESP_OK
    /// The log's lines, without the time.
    var log: [String] = []
    /// Erase and program operations.
    var operations: UInt32 = 0
    var isOtadataBlank = false
    /// Where the app is that boots next.
    var boots: UInt32 = 0

    /// - Parameters:
    ///   - bodyTimeout: the time-out from the first header field on, where a stall is to be short and
    ///     the connection may take its time.
    ///   - prepare: what else the board is, and has in its flash.
    ///   - body: makes the update with this configuration.
    static func run(
        from url: String, ca: String = "unused over http", timeout: Int32 = 300,
        bodyTimeout: Int32? = nil, partial: Int32? = nil, commonName: String? = nil,
        configure: (inout esp_http_client_config_t) -> Void = { _ in },
        prepare: (Bench) -> Void = { _ in },
        _ body: (inout esp_https_ota_config_t) -> esp_err_t
    ) throws -> Update {
        var it = Update()
        try Bench.with { bench in
            bench.furnish()
            prepare(bench)
            #expect(bench.boot() == Fixture.factory)
            #expect(esp_event_loop_create_default() == ESP_OK)
            defer { esp_event_loop_delete_default() }
            let texts = [strdup(url), strdup(ca), commonName.map { strdup($0) } ?? nil]
            defer { for text in texts { free(text) } }
            var http = esp_http_client_config_t()
            http.url = UnsafePointer(texts[0])
            http.cert_pem = UnsafePointer(texts[1])
            http.common_name = UnsafePointer(texts[2])
            http.timeout_ms = timeout
            if let bodyTimeout { http.setTimeoutAtFirstHeader(bodyTimeout) }
            configure(&http)
            let before = flash_operations()
            _ = bench.log
            withUnsafePointer(to: http) { http in
                var config = esp_https_ota_config_t()
                config.http_config = http
                config.partial_http_download = partial != nil
                config.max_http_request_size = partial ?? 0
                it.error = body(&config)
            }
            it.operations = flash_operations() - before
            it.log = BoardLog.lines(bench.log)
            it.isOtadataBlank = bench.otadata == OTAData()
            it.boots = try bench.bootAgain() ?? 0
        }
        return it
    }

    /// The update in the way of ESP-IDF's advanced example.
    static func stepByStep(_ config: inout esp_https_ota_config_t) -> (Stage, esp_err_t) {
        var ota: esp_https_ota_handle_t?
        var descriptor = esp_app_desc_t()
        var error = esp_https_ota_begin(&config, &ota)
        guard error == ESP_OK else { return (.begin, error) }
        error = esp_https_ota_get_img_desc(ota, &descriptor)
        guard error == ESP_OK else {
            esp_https_ota_abort(ota)
            return (.header, error)
        }
        repeat { error = esp_https_ota_perform(ota) } while error == ESP_ERR_HTTPS_OTA_BASE + 1
        guard error == ESP_OK, esp_https_ota_is_complete_data_received(ota) else {
            esp_https_ota_abort(ota)
            return (error == ESP_OK ? .incomplete : .body, error)
        }
        return (.finish, esp_https_ota_finish(ota))
    }

    /// The log without what every update says.
    var notableLog: [String] {
        let usual = [
            "I esp_https_ota: Starting OTA...", "I esp_https_ota: Writing to partition subtype",
            "I esp_image: segment ",
        ]
        return self.log.filter { line in !usual.contains { line.hasPrefix($0) } }
    }
}

extension esp_http_client_config_t {
    fileprivate mutating func setTimeoutAtFirstHeader(_ timeout: Int32) {
        self.user_data = UnsafeMutableRawPointer(bitPattern: Int(timeout))
        self.event_handler = { event in
            if let event = event?.pointee, event.event_id == HTTP_EVENT_ON_HEADER {
                esp_http_client_set_timeout_ms(
                    event.client, Int32(Int(bitPattern: event.user_data)))
            }
            return ESP_OK
        }
    }
}
