public import NIOCore

/// A field of a request or response, kept as it was said: no legalising, no canonical case.
///
/// Each scalar of the texts is one byte on the wire (ISO-8859-1, RFC 9110 §5.5), so any byte can be said.
public struct Field: Sendable, Hashable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The fields of a message, in their order, duplicates kept.
public struct Fields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    public var list: [Field]

    public init(_ list: [Field] = []) { self.list = list }

    public init(dictionaryLiteral elements: (String, String)...) {
        self.list = elements.map { Field($0, $1) }
    }

    /// The first value of that name, in any case (RFC 9110 §5.1). Setting it replaces all of them in
    /// the first one's place; nil removes them.
    public subscript(name: String) -> String? {
        get { self.list.first { $0.name.equalsIgnoringCase(name) }?.value }
        set {
            let place = self.list.firstIndex { $0.name.equalsIgnoringCase(name) }
            self.list.removeAll { $0.name.equalsIgnoringCase(name) }
            if let newValue {
                self.list.insert(Field(name, newValue), at: place ?? self.list.count)
            }
        }
    }

    /// All values of that name.
    public func all(_ name: String) -> [String] {
        self.list.compactMap { $0.name.equalsIgnoringCase(name) ? $0.value : nil }
    }

    public mutating func add(_ name: String, _ value: String) {
        self.list.append(Field(name, value))
    }
}

/// What a client asked for.
public struct Request: Sendable, Hashable {
    /// `GET`, `HEAD` and so on; case matters.
    public var method: String
    /// The request target as it was sent: `/firmware.bin?x=1`.
    public var target: String
    /// Major and minor version of HTTP.
    public var version: HTTPVersion
    public var fields: Fields

    public init(
        method: String = "GET", target: String, version: HTTPVersion = .http1_1,
        fields: Fields = [:]
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.fields = fields
    }

    /// The target's path as it was sent, without the query.
    public var path: String { String(self.target.prefix { $0 != "?" }) }

    /// Whether a range was asked for.
    public var hasRange: Bool { self.fields["Range"] != nil }
}

/// A version of HTTP as status and request lines write it.
public struct HTTPVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let major: Int
    public let minor: Int

    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    public static let http1_0 = HTTPVersion(major: 1, minor: 0)
    public static let http1_1 = HTTPVersion(major: 1, minor: 1)
    public static let http2 = HTTPVersion(major: 2, minor: 0)

    public static func < (left: HTTPVersion, right: HTTPVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    public var description: String {
        self == .http1_1 ? "HTTP/1.1" : "HTTP/\(self.major).\(self.minor)"
    }
}

/// What is said in answer to a request. The engine writes it as it stands: a `Content-Length` that
/// lies stays a lie.
public struct Response: Sendable {
    /// How the connection goes on after the response.
    public enum Sequel: Sendable, Hashable {
        /// As the request's version and fields ask (RFC 9112 §9.3).
        case asAsked
        /// The connection ends so.
        case end(Ending)
    }

    /// Sent before all else (RFC 9110 §15.2).
    public var interim: [Interim] = []
    /// What stands in place of the status line, without its end; nil: what version, status and reason say.
    public var statusLine: String?
    /// Whether status line and fields are sent. Without them the body alone is, as in HTTP/0.9.
    public var hasHead = true
    /// Whether the lines of the head end with LF alone (RFC 9112 §2.2).
    public var hasBareLF = false
    public var version: HTTPVersion
    /// 100 to 999 in an honest response; any number in another.
    public var status: Int
    /// May be empty.
    public var reason: String
    public var fields: Fields
    /// What is sent after the fields; a HEAD request gets none of it.
    public var body: Body
    /// How the body is framed; nil: as it is, up to its length or the connection's end.
    public var chunking: Chunking?
    public var sequel: Sequel

    public init(
        version: HTTPVersion = .http1_1, status: Int, reason: String, fields: Fields = [:],
        body: Body = Body(), sequel: Sequel = .asAsked
    ) {
        self.version = version
        self.status = status
        self.reason = reason
        self.fields = fields
        self.body = body
        self.sequel = sequel
    }
}

/// An informational response: a status, and fields.
public struct Interim: Sendable, Hashable {
    /// 100 to 199 in an honest one.
    public var status: Int
    public var reason: String
    public var fields: Fields

    public init(status: Int, reason: String, fields: Fields = [:]) {
        self.status = status
        self.reason = reason
        self.fields = fields
    }
}

/// The chunked transfer coding (RFC 9112 §7.1), right or wrong.
public struct Chunking: Sendable, Hashable {
    /// The most bytes of a chunk; 1 or more.
    public var size: Int
    /// What follows each size, such as `;name=value` (RFC 9112 §7.1.1).
    public var extensions = ""
    /// Bytes of the body behind which the next size is ``wrongSize``; nil: none.
    public var wrongAt: Int?
    /// What is no size.
    public var wrongSize = "ZZZZ"
    /// Whether the last chunk is sent.
    public var isTerminated = true
    public var trailers: Fields = [:]

    public init(size: Int) { self.size = size }
}

/// A response's body: bytes that the server made, and ranges of an image.
public struct Body: Sendable {
    public enum Part: Sendable {
        /// Text, listings, multipart boundaries. No tap on ``Place/body`` sees them.
        case bytes(ByteBuffer)
        /// Bytes of an image, read when they are sent.
        case image(Image, Range<Int>)
    }

    public var parts: [Part]

    public init(_ parts: [Part] = []) { self.parts = parts }

    public static func text(_ text: String) -> Body { Body([.bytes(ByteBuffer(string: text))]) }

    /// Bytes in all parts.
    public var count: Int {
        self.parts.reduce(0) { sum, part in
            switch part {
            case .bytes(let bytes): sum + bytes.readableBytes
            case .image(_, let range): sum + range.count
            }
        }
    }
}

extension String {
    /// Equal but for the case of ASCII letters.
    package func equalsIgnoringCase(_ other: String) -> Bool {
        guard self.utf8.count == other.utf8.count else { return false }
        var others = other.utf8.makeIterator()
        for byte in self.utf8 where byte.asciiLowercased != others.next()?.asciiLowercased {
            return false
        }
        return true
    }
}

extension UInt8 {
    package var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
