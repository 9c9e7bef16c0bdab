import NIOCore

// Fields are texts of which each scalar is one byte on the wire (ISO-8859-1, RFC 9110 §5.5). Nearly all of them are ASCII,
// whose bytes are those of the text.

extension String {
    /// Each byte is a scalar.
    init(latin1 bytes: UnsafeBufferPointer<UInt8>) {
        self =
            bytes.isASCII
            ? String(decoding: bytes, as: UTF8.self)
            : String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Hands on a byte for each scalar; one beyond U+00FF becomes `?`.
    func withLatin1(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let isDone: Bool? = self.utf8.withContiguousStorageIfAvailable { utf8 in
            guard utf8.isASCII else { return false }
            body(utf8)
            return true
        }
        guard isDone != true else { return }
        self.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
            .withUnsafeBufferPointer(body)
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate var isASCII: Bool { self.reduce(0, |) < 0x80 }
}

extension ByteBuffer {
    /// Appends a byte for each scalar; one beyond U+00FF becomes `?`.
    mutating func writeLatin1(_ text: String) {
        text.withLatin1 { self.writeBytes(UnsafeRawBufferPointer($0)) }
    }
}
