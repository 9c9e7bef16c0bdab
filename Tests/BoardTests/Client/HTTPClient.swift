@preconcurrency import Board
import Foundation
import Glibc

/// What the board logs on this thread, without the time: `W HTTP_CLIENT: Connection timed out ...`.
enum BoardLog {
    private static let key = "board log"

    final class Lines { var text = "" }

    /// Gathers what is logged in here.
    static func during<Result>(_ body: () throws -> Result) rethrows -> (Result, [String]) {
        let lines = Lines()
        Thread.current.threadDictionary[self.key] = lines
        defer { Thread.current.threadDictionary[self.key] = nil }
        let before = esp_log_set_vprintf { format, arguments in
            var buffer = [CChar](repeating: 0, count: 1024)
            vsnprintf(&buffer, buffer.count, format!, arguments!)
            let text = String(
                decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            (Thread.current.threadDictionary[BoardLog.key] as? Lines)?.text += text
            return 0
        }
        defer { _ = esp_log_set_vprintf(before) }
        let result = try body()
        return (result, self.lines(lines.text))
    }

    /// The lines of a log, without the time.
    static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { line in
            String(line).replacing(#/^([EWIDV]) \(\d+\) /#) { "\($0.output.1) " }
        }
    }
}

/// An esp_http_client, as an application uses one.
final class HTTPClient {
    let handle: esp_http_client_handle_t
    private let strings: [UnsafeMutablePointer<CChar>]
    /// What the event handler was told, in order.
    let events = Events()

    final class Events {
        var ids: [UInt32] = []
        var headers: [String] = []
        var data = ""
    }

    init?(
        _ url: String, ca: String? = nil, timeout: Int32 = 5000,
        _ configure: @escaping (inout esp_http_client_config_t) -> Void = { _ in }
    ) {
        var strings: [UnsafeMutablePointer<CChar>] = [strdup(url)]
        var config = esp_http_client_config_t()
        config.url = UnsafePointer(strings[0])
        if let ca {
            strings.append(strdup(ca))
            config.cert_pem = UnsafePointer(strings[1])
        }
        config.timeout_ms = timeout
        config.user_data = Unmanaged.passUnretained(self.events).toOpaque()
        config.event_handler = { event in
            guard let event = event?.pointee, let data = event.user_data else { return ESP_OK }
            let events = Unmanaged<Events>.fromOpaque(data).takeUnretainedValue()
            events.ids.append(event.event_id.rawValue)
            if let key = event.header_key, let value = event.header_value {
                events.headers.append("\(String(cString: key)): \(String(cString: value))")
            }
            if let bytes = event.data {
                events.data += String(
                    decoding: UnsafeRawBufferPointer(start: bytes, count: Int(event.data_len)),
                    as: UTF8.self)
            }
            return ESP_OK
        }
        configure(&config)
        guard let handle = esp_http_client_init(&config) else {
            for string in strings { free(string) }
            return nil
        }
        self.strings = strings
        self.handle = handle
    }

    deinit {
        esp_http_client_cleanup(self.handle)
        for string in self.strings { free(string) }
    }

    /// esp_http_client_open and fetch_headers. -1 for an open that failed.
    func start() -> Int64 {
        let error = esp_http_client_open(self.handle, 0)
        return error == ESP_OK ? esp_http_client_fetch_headers(self.handle) : Int64(error)
    }

    /// esp_http_client_read, and errno after it.
    func read(_ count: Int) -> (result: Int32, errno: Int32, text: String) {
        var buffer = [CChar](repeating: 0, count: count)
        let result = esp_http_client_read(self.handle, &buffer, Int32(count))
        let number = Glibc.errno
        let bytes = buffer.prefix(max(0, Int(result))).map(UInt8.init(bitPattern:))
        return (result, number, String(decoding: bytes, as: UTF8.self))
    }

    /// Reads until there is no more: the results and the number of bytes.
    func readAll(by count: Int = 1024) -> (last: Int32, errno: Int32, bytes: Int) {
        var bytes = 0
        while true {
            let (result, number, _) = self.read(count)
            guard result > 0 else { return (result, number, bytes) }
            bytes += Int(result)
        }
    }

    var isComplete: Bool { esp_http_client_is_complete_data_received(self.handle) }
    var status: Int32 { esp_http_client_get_status_code(self.handle) }
}
