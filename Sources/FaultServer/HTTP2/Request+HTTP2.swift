import FaultKit

extension Request {
    /// Makes the request of a head's fields, in which pseudo-header fields come first (RFC 9113 §8.3.1).
    init(_ fields: [Field]) {
        var pseudo: [String: String] = [:]
        var others: [Field] = []
        for field in fields {
            if field.name.hasPrefix(":") {
                pseudo[field.name] = field.value
            } else {
                others.append(field)
            }
        }
        let authority = pseudo[":authority"]
        if let authority, !others.contains(where: { $0.name == "host" }) {
            others.insert(Field("host", authority), at: 0)
        }
        self.init(
            method: pseudo[":method"] ?? "", target: pseudo[":path"] ?? authority ?? "",
            version: .http2, fields: Fields(others))
    }
}

extension Response {
    /// Takes back what HTTP/2 has no words for: status lines, line ends, and a body's framing.
    mutating func sayInHTTP2() {
        self.statusLine = nil
        self.hasHead = true
        self.hasBareLF = false
        self.reason = ""
        // The end that it announces is announced by GOAWAY here.
        if case .end = self.sequel { self.fields["Connection"] = nil }
        guard let chunking else { return }
        self.fields["Transfer-Encoding"] = nil
        if chunking.trailers.list.isEmpty {
            self.chunking = nil
        } else {
            // Trailers are HTTP's own, and no matter of chunks.
            self.chunking = Chunking(size: .max)
            self.chunking?.trailers = chunking.trailers
        }
    }

    /// The fields of its head, status first (RFC 9113 §8.3.2).
    var http2Head: [Field] { [Field(":status", "\(self.status)")] + self.fields.list }
}

extension String {
    /// Each byte is a scalar (ISO-8859-1).
    init(latin1 bytes: UnsafeBufferPointer<UInt8>) {
        self =
            bytes.allSatisfy { $0 < 0x80 }
            ? String(decoding: bytes, as: UTF8.self)
            : String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// One byte a scalar (ISO-8859-1); a scalar beyond U+00FF becomes `?`.
    var latin1: [UInt8] {
        let bytes = Array(self.utf8)
        guard !bytes.allSatisfy({ $0 < 0x80 }) else { return bytes }
        return self.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
    }
}
