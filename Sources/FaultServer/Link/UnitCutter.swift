import NIOCore

/// Cuts a TLS byte stream into records (RFC 8446 §5.1: a 5-byte header ending in a length).
struct RecordCutter {
    private static let headerLength = 5
    private var rest = ByteBuffer()

    /// The whole records that the bytes complete, in order.
    mutating func cut(_ bytes: ByteBuffer) -> [ByteBuffer] {
        var pending = self.rest
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.writeImmutableBuffer(bytes)
        }
        var records: [ByteBuffer] = []
        while let length: UInt16 = pending.getInteger(at: pending.readerIndex + 3),
            let record = pending.readSlice(length: Self.headerLength + Int(length))
        {
            records.append(record)
        }
        self.rest = pending
        return records
    }

    /// Bytes of a record that was not completed, if there are any.
    mutating func takeRest() -> ByteBuffer? {
        defer { self.rest = ByteBuffer() }
        return self.rest.readableBytes > 0 ? self.rest : nil
    }
}
