import Foundation
import Testing

/// A step of what the server does with a connection; see Fixtures/odd_server.py.
enum Step {
    case request, hello, closeNotify, fin, rst, hold
    case tls(Certificate, min: String = "1.1", max: String = "1.3", more: [String: String] = [:])
    case send(String)
    case bytes([UInt8])
    case `repeat`(String, Int)
    case drip(String, bytes: Int, gap: Double)
    case raw(String)
    case dripTLS(Double)
    case wait(Double)

    /// A whole response, with a Content-Length if the fields have none.
    static func response(
        _ status: Int = 200, _ fields: [String] = [], body: String = ""
    ) -> Step {
        let length =
            fields.contains { $0.hasPrefix("Content-Length") }
            ? [] : ["Content-Length: \(body.utf8.count)"]
        let head = ["HTTP/1.1 \(status) Whatever"] + length + fields
        return .send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// A head and no more.
    static func head(_ lines: String...) -> Step {
        .send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    }

    var json: Any {
        switch self {
        case .request: "request"
        case .hello: "hello"
        case .closeNotify: "close_notify"
        case .fin: "fin"
        case .rst: "rst"
        case .hold: "hold"
        case .tls(let certificate, let min, let max, let more):
            [
                "tls": ["cert": certificate.path, "key": certificate.key, "min": min, "max": max]
                    .merging(more) { $1 }
            ]
        case .send(let text): ["send": text]
        case .bytes(let bytes):
            ["send": String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))]
        case .repeat(let text, let count): ["repeat": [text, count] as [Any]]
        case .drip(let text, let bytes, let gap): ["drip": [text, bytes, gap] as [Any]]
        case .raw(let text): ["raw": text]
        case .dripTLS(let gap): ["drip_tls": gap]
        case .wait(let seconds): ["wait": seconds]
        }
    }
}

/// A server that follows a script, one connection after another. It ends by itself, within 30 s.
final class OddServer {
    let port: Int
    private let process = Process()
    private let pipe = Pipe()
    private var said = Data()

    convenience init(_ connections: [Step]...) throws { try self.init(connections) }

    init(_ connections: [[Step]]) throws {
        let script = try JSONSerialization.data(withJSONObject: connections.map { $0.map(\.json) })
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/odd_server.py")
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        self.process.arguments = ["python3", "-W", "ignore", file.path]
        let input = Pipe()
        self.process.standardInput = input
        self.process.standardOutput = self.pipe
        try self.process.run()
        try input.fileHandleForWriting.write(contentsOf: script)
        try input.fileHandleForWriting.close()
        var line = Data()
        while let byte = try self.pipe.fileHandleForReading.read(upToCount: 1), byte != Data([10]) {
            line += byte
        }
        self.port = try #require(Int(String(decoding: line, as: UTF8.self)))
    }

    deinit { self.process.terminate() }

    /// What it saw, asked for again too. Waits for its end, which is when the client has closed its last connection.
    func seen() throws -> [[String: Any]] {
        self.said += try self.pipe.fileHandleForReading.readToEnd() ?? Data()
        self.process.waitUntilExit()
        return try String(decoding: self.said, as: UTF8.self).split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }
    }

    /// The heads of the requests that came.
    func requests() throws -> [String] { try self.seen().compactMap { $0["request"] as? String } }

    /// The first lines of the requests, without the version and with the range: `GET / bytes=0-1`.
    func requestLines() throws -> [String] {
        try self.requests().map { head in
            let lines = head.components(separatedBy: "\r\n")
            let range = lines.first { $0.hasPrefix("Range: ") }.map { $0.dropFirst(6) } ?? ""
            return lines[0].replacing(" HTTP/1.1", with: "") + range
        }
    }

    /// Why it did not finish each handshake: OpenSSL's name of the alert or error.
    func refusals() throws -> [String] { try self.seen().compactMap { $0["refused"] as? String } }

    func refusal() throws -> String? { try self.refusals().first }
}
