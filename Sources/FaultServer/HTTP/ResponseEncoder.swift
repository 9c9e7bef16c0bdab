import FaultKit
import NIOCore

/// Writes a response's head as it stands. It repairs nothing: what a fault says is what is sent.
enum ResponseEncoder {
    /// Appends status line, fields and the empty line (RFC 9112 §3, §5).
    static func encode(_ response: Response, into buffer: inout ByteBuffer) {
        guard response.hasHead else { return }
        if let line = response.statusLine {
            buffer.writeLatin1(line)
        } else {
            buffer.writeLatin1(response.version.description)
            buffer.writeLatin1(" ")
            buffer.writeLatin1(String(response.status))
            buffer.writeLatin1(" ")
            buffer.writeLatin1(response.reason)
        }
        let end = response.hasBareLF ? "\n" : "\r\n"
        buffer.writeLatin1(end)
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
        _ fields: Fields, lineEnd: String = "\r\n", into buffer: inout ByteBuffer
    ) {
        buffer.reserveCapacity(
            minimumWritableBytes: fields.list.reduce(2) {
                $0 + $1.name.utf8.count + $1.value.utf8.count + 4
            })
        for field in fields.list {
            buffer.writeLatin1(field.name)
            buffer.writeLatin1(": ")
            buffer.writeLatin1(field.value)
            buffer.writeLatin1(lineEnd)
        }
        buffer.writeLatin1(lineEnd)
    }
}
