import FaultKit

/// What a request target names, taken apart (RFC 9112 §3.2).
struct Target: Hashable {
    /// The most bytes that a target may have.
    static let limit = 8_192

    /// The path's segments, decoded; none is empty, `.` or `..`, and none holds a slash or a NUL.
    let segments: [[UInt8]]
    /// Whether the path ends with a slash.
    let isFolder: Bool
    /// What stands behind the question mark.
    let query: String?

    /// Reads a target in origin-form or absolute-form.
    init(_ text: String) throws(Refusal) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.limit else { throw .targetTooLong }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .badRequest(
                "The request target has a byte that no URI may have; percent-encode it.")
        }
        let form = try Self.originForm(bytes[...])
        let mark = form.firstIndex(of: UInt8(ascii: "?"))
        self.query = mark.map { String(decoding: form[($0 + 1)...], as: UTF8.self) }
        let path = form[..<(mark ?? form.endIndex)]
        let encoded = path.split(separator: UInt8(ascii: "/"))
        var segments: [[UInt8]] = []
        var endsInDot = false
        for part in encoded {
            guard let segment = PercentEncoding.decoded(part) else {
                throw .badRequest(
                    "A % in the path is not followed by two hexadecimal digits; write it as %25.")
            }
            endsInDot = segment.elementsEqual(".".utf8)
            if !endsInDot { segments.append(try Self.checked(segment)) }
        }
        self.segments = segments
        self.isFolder = encoded.isEmpty || endsInDot || path.last == UInt8(ascii: "/")
    }

    /// The path in origin-form, encoded: no reading of it leads to another host.
    var path: String {
        let segments = self.segments.map(PercentEncoding.encoded).joined(separator: "/")
        return "/" + segments + (self.isFolder && !segments.isEmpty ? "/" : "")
    }

    /// The value of a parameter in the query, as it was sent.
    func parameter(_ name: String) -> String? {
        for pair in (self.query ?? "").split(separator: "&") {
            let key = pair.prefix { $0 != "=" }
            if key == name { return String(pair[key.endIndex...].dropFirst()) }
        }
        return nil
    }

    /// Cuts scheme and authority off.
    private static func originForm(_ text: ArraySlice<UInt8>) throws(Refusal) -> ArraySlice<UInt8> {
        if text.first == UInt8(ascii: "/") { return text }
        let scheme = text.prefix { $0 != UInt8(ascii: ":") }
        let behind = text[scheme.endIndex...]
        let isHTTP = ["http", "https"].contains {
            scheme.map(\.asciiLowercased).elementsEqual($0.utf8)
        }
        guard isHTTP, behind.starts(with: "://".utf8) else {
            throw .badRequest("The request target is no path; ask for one such as /firmware.bin.")
        }
        let rest = behind.dropFirst(3)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard let first = authority.first, first != UInt8(ascii: ":"), Self.isAuthority(authority)
        else {
            throw .badRequest(
                "The request target names no valid host; write it as https://host:port/path.")
        }
        let path = rest[authority.endIndex...]
        return path.first == UInt8(ascii: "/") ? path : [UInt8(ascii: "/")] + path
    }

    /// Whether bytes are a host with or without a port, as `Host` fields have it (RFC 9110 §7.2).
    static func isAuthority(_ bytes: some Collection<UInt8>) -> Bool {
        var rest = bytes[...]
        if rest.first == UInt8(ascii: "[") {
            let address = rest.dropFirst().prefix { $0.isHost || $0 == UInt8(ascii: ":") }
            rest = rest[address.endIndex...]
            guard !address.isEmpty, rest.popFirst() == UInt8(ascii: "]") else { return false }
        } else {
            rest = rest.drop(while: \.isHost)
        }
        if rest.first == UInt8(ascii: ":") { rest = rest.dropFirst().drop(while: \.isDigit) }
        return rest.isEmpty
    }

    private static func checked(_ segment: [UInt8]) throws(Refusal) -> [UInt8] {
        if segment.elementsEqual("..".utf8) {
            throw .badRequest("The path has a .. segment; ask for the file by its own path.")
        }
        if segment.contains(0) {
            throw .badRequest("The path has a NUL byte, which no file name has; leave it out.")
        }
        if segment.contains(UInt8(ascii: "/")) {
            throw .notFound("No file name has a slash; separate folders by / and not by %2F.")
        }
        return segment
    }
}

extension UInt8 {
    /// Whether the byte may be in a host's name: unreserved, a sub-delimiter, or of an escape
    /// (RFC 3986 §3.2.2).
    fileprivate var isHost: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        // - . _ ~ ! $ % & ' ( ) * + , ; =
        case 0x2D, 0x2E, 0x5F, 0x7E, 0x21, 0x24...0x2C, 0x3B, 0x3D: true
        default: false
        }
    }
}
