/// A ClientHello as it came, taken apart (RFC 5246 §7.4.1.2, RFC 8446 §4.1.2).
struct ClientHelloMessage: Sendable, Equatable {
    struct Extension: Sendable, Equatable {
        let type: Int
        let body: [UInt8]
    }

    /// As in 0x0303.
    let legacyVersion: Int
    let cipherSuites: [Int]
    /// In the client's order.
    let extensions: [Extension]

    /// Reads a handshake message with its header of four bytes; nil if it is no whole ClientHello.
    init?(_ bytes: [UInt8]) {
        var message = ByteReader(bytes)
        guard message.number(bytes: 1) == 1, let length = message.number(bytes: 3),
            var body = message.vector(length),
            let version = body.number(bytes: 2), body.vector(32) != nil,
            body.vector(prefix: 1) != nil,
            let suites = body.vector(prefix: 2),
            body.vector(prefix: 1) != nil
        else { return nil }
        self.legacyVersion = version
        self.cipherSuites = suites.numbers
        var extensions: [Extension] = []
        // Before TLS 1.2, a hello may end here.
        var rest = body.vector(prefix: 2) ?? ByteReader([])
        while let type = rest.number(bytes: 2) {
            guard let content = rest.vector(prefix: 2) else { return nil }
            extensions.append(Extension(type: type, body: content.rest))
        }
        self.extensions = extensions
    }

    /// The body of the first extension of this type.
    private func body(_ type: Int) -> ByteReader? {
        self.extensions.first { $0.type == type }.map { ByteReader($0.body) }
    }

    /// The first host_name (RFC 6066 §3).
    var serverName: String? {
        var body = self.body(0)
        var names = body?.vector(prefix: 2)
        guard names?.number(bytes: 1) == 0, let name = names?.vector(prefix: 2), !name.rest.isEmpty
        else { return nil }
        return String(decoding: name.rest, as: UTF8.self)
    }

    /// The protocols of ALPN (RFC 7301 §3.1).
    var protocols: [String] {
        var body = self.body(16)
        var list = body?.vector(prefix: 2)
        var names: [String] = []
        while let name = list?.vector(prefix: 1) {
            names.append(String(decoding: name.rest, as: UTF8.self))
        }
        return names
    }

    /// supported_versions (RFC 8446 §4.2.1), or the hello's own.
    var versions: [Int] {
        var body = self.body(43)
        return body?.vector(prefix: 1)?.numbers ?? [self.legacyVersion]
    }

    /// supported_groups (RFC 8446 §4.2.7).
    var groups: [Int] {
        var body = self.body(10)
        return body?.vector(prefix: 2)?.numbers ?? []
    }

    /// ec_point_formats (RFC 8422 §5.1.2).
    var pointFormats: [Int] {
        var body = self.body(11)
        return body?.vector(prefix: 1)?.rest.map { Int($0) } ?? []
    }
}

/// Big-endian numbers and vectors from the front of bytes.
private struct ByteReader {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    var rest: [UInt8] { Array(self.bytes) }

    /// What is left, as numbers of two bytes.
    var numbers: [Int] {
        var reader = self
        var numbers: [Int] = []
        while let number = reader.number(bytes: 2) { numbers.append(number) }
        return numbers
    }

    mutating func number(bytes count: Int) -> Int? {
        self.vector(count)?.bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func vector(_ count: Int) -> ByteReader? {
        guard self.bytes.count >= count else { return nil }
        defer { self.bytes = self.bytes.dropFirst(count) }
        return ByteReader(Array(self.bytes.prefix(count)))
    }

    mutating func vector(prefix: Int) -> ByteReader? {
        self.number(bytes: prefix).flatMap { self.vector($0) }
    }
}
