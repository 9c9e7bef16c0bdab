import FaultKit
import NIOCore

/// Frames a body as the chunked transfer coding does (RFC 9112 §7.1), or as it must not.
struct ChunkEncoder {
    private let chunking: Chunking
    /// Bytes of the body that were framed.
    private var count = 0

    init(_ chunking: Chunking) { self.chunking = chunking }

    /// The next bytes of the body in chunks.
    mutating func encode(_ bytes: ByteBuffer) -> ByteBuffer {
        var (bytes, framed) = (bytes, ByteBuffer())
        while bytes.readableBytes > 0 {
            var length = min(bytes.readableBytes, self.chunking.size)
            var size = String(length, radix: 16)
            if let wrongAt = self.chunking.wrongAt {
                // A chunk ends where the next size is to be wrong.
                if self.count < wrongAt { length = min(length, wrongAt - self.count) }
                size = String(length, radix: 16)
                if self.count == wrongAt { size = self.chunking.wrongSize }
            }
            framed.writeLatin1(size + self.chunking.extensions)
            framed.writeStaticString("\r\n")
            if let part = bytes.readSlice(length: length) { framed.writeImmutableBuffer(part) }
            framed.writeStaticString("\r\n")
            self.count += length
        }
        return framed
    }

    /// The last chunk and the trailers, if they are sent.
    func end() -> ByteBuffer {
        var framed = ByteBuffer()
        guard self.chunking.isTerminated else { return framed }
        framed.writeStaticString("0\r\n")
        ResponseEncoder.encode(self.chunking.trailers, into: &framed)
        return framed
    }
}
