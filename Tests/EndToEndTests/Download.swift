import Foundation
import Testing

/// What came over the wire: a download by Fixtures/wire.py.
struct Download {
    /// When how many bytes were there.
    struct Arrival {
        /// Since the client connected.
        let seconds: Double
        /// Bytes so far.
        let bytes: Int
    }

    /// A place of ``Arrival``s: bytes of the socket, or of HTTP.
    enum Layer: String { case wire, text }

    let wire: Data
    let text: Data
    /// How it ended: FIN, RST, silence, or failure of TLS.
    let end: String
    /// Whether close_notify came.
    let saidGoodbye: Bool
    /// What TLS says was wrong.
    let failure: String?
    /// When the request was sent, in seconds since the client connected.
    let asked: Double
    /// TCP segments with data.
    let segments: Int
    private let arrivals: [Layer: [Arrival]]

    init(
        _ server: Faultserve, silence: Double = 10, fields: [String] = []
    ) throws {
        let folder = try Folder()
        let script = checkout + "/Tests/EndToEndTests/Fixtures/wire.py"
        let done = try run(
            "python3",
            [
                script, "\(server.port)", server.ca.isEmpty ? "plain" : "tls", folder.path,
                "\(silence)",
            ]
                + fields)
        try #require(done.status == 0, "\(done.errors)")
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: Any])
        self.wire = try folder.bytes("wire")
        self.text = try folder.bytes("text")
        self.end = object["end"] as? String ?? ""
        self.saidGoodbye = object["goodbye"] as? Bool ?? false
        self.failure = object["failure"] as? String
        self.asked = object["asked"] as? Double ?? 0
        self.segments = (object["segments"] as? NSNumber)?.intValue ?? 0
        var arrivals: [Layer: [Arrival]] = [:]
        for layer in [Layer.wire, .text] {
            let pairs = try #require(object[layer.rawValue] as? [[Double]])
            arrivals[layer] = pairs.map { Arrival(seconds: $0[0], bytes: Int($0[1])) }
        }
        self.arrivals = arrivals
    }

    func arrivals(_ layer: Layer) -> [Arrival] { self.arrivals[layer] ?? [] }

    /// Bytes of the response's head, its empty line included.
    var headCount: Int {
        self.text.range(of: Data("\r\n\r\n".utf8)).map { $0.upperBound - self.text.startIndex } ?? 0
    }

    var head: String { String(decoding: self.text.prefix(self.headCount), as: UTF8.self) }
    var body: Data { Data(self.text.dropFirst(self.headCount)) }

    /// The bytes of the place's own stream.
    func stream(_ place: String) -> Data {
        switch place {
        case "body": self.body
        case "http": self.text
        default: self.wire
        }
    }

    /// The arrivals of the place's own stream; those of a body begin behind the head.
    func stretch(_ place: String) -> [Arrival] {
        switch place {
        case "body":
            self.arrivals(.text).map {
                Arrival(seconds: $0.seconds, bytes: $0.bytes - self.headCount)
            }.filter { $0.bytes > 0 }
        case "http": self.arrivals(.text)
        default: self.arrivals(.wire)
        }
    }

    /// When the byte at a place of the stream came, counted from when the client could expect it: from the
    /// connection on the link, from the request elsewhere.
    func moment(ofByte byte: Int, of place: String) throws -> Double {
        let arrival = try #require(
            self.stretch(place).first { $0.bytes > byte }, "byte \(byte) did not come")
        return arrival.seconds - (place == "link" ? 0 : self.asked)
    }

    /// Whether there was a moment at which just so many bytes of the stream were there.
    func paused(at bytes: Int, of place: String) -> Bool {
        self.stretch(place).contains { $0.bytes == bytes }
    }
}

extension Faultserve {
    /// The evidence in the journal, once it is there. Does not stop the server.
    func strike(_ action: String, within seconds: Double = 10) throws -> JournalEvent {
        try #require(
            try self.event("fault", within: seconds) { $0.text("action") == action },
            "no '\(action)' in the journal: \(self.said)")
    }
}
