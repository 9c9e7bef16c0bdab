import FaultKit

extension Request {
    /// Makes the request of a head's fields, in which pseudo-header fields come first (RFC 9113 §8.3.1).
    init(_ fields: [Field]) {
        var method = ""
        var (path, authority): (String?, String?)
        let regular = fields.firstIndex { $0.name.utf8.first != UInt8(ascii: ":") } ?? fields.count
        for field in fields[..<regular] {
            switch field.name {
            case ":method": method = field.value
            case ":path": path = field.value
            case ":authority": authority = field.value
            default: break
            }
        }
        var others = fields[regular...]
        if let authority, !others.contains(where: { $0.name == "host" }) {
            others.insert(Field("host", authority), at: regular)
        }
        self.init(
            method: method, target: path ?? authority ?? "", version: .http2,
            fields: Fields(Array(others)))
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
