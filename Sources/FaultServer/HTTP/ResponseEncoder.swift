import FaultKit
import NIOCore

/// Writes a response's head as it stands. It repairs nothing: what a fault says is what is sent.
enum ResponseEncoder {
    /// Appends status line, fields and the empty line (RFC 9112 §3, §5).
    static func encode(_ response: Response, into buffer: inout ByteBuffer) {
        guard response.hasHead else { return }
        let line =
            response.statusLine ?? "\(response.version) \(response.status) \(response.reason)"
        buffer.writeLatin1(line)
        let end: StaticString = response.hasBareLF ? "\n" : "\r\n"
        buffer.writeStaticString(end)
        self.encode(response.fields, lineEnd: end, into: &buffer)
    }

    /// Appends an informational response.
    static func encode(
        _ interim: Interim, of version: HTTPVersion, into buffer: inout ByteBuffer
    ) {
        buffer.writeLatin1("\(version) \(interim.status) \(interim.reason)\r\n")
        self.encode(interim.fields, into: &buffer)
    }

    /// Appends fields and the empty line.
    static func encode(
        _ fields: Fields, lineEnd: StaticString = "\r\n", into buffer: inout ByteBuffer
    ) {
        for field in fields.list {
            buffer.writeLatin1(field.name)
            buffer.writeStaticString(": ")
            buffer.writeLatin1(field.value)
            buffer.writeStaticString(lineEnd)
        }
        buffer.writeStaticString(lineEnd)
    }
}

extension ByteBuffer {
    /// One byte a scalar (ISO-8859-1); a scalar beyond U+00FF becomes `?`.
    mutating func writeLatin1(_ text: String) {
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            self.writeString(text)
        } else {
            self.writeBytes(text.latin1)
        }
    }
}
