import COpenSSL
import NIOCore

/// The two ends of a TLS session's bytes, as OpenSSL wants them: a BIO over buffers.
///
/// Each record that OpenSSL writes after the handshake arrives in one call.
final class RecordBIO {
    /// Ciphertext from the client that OpenSSL has not read.
    var incoming = ByteBuffer()
    /// Ciphertext for the client.
    var outgoing = ByteBuffer()

    /// The `BIO *`; an SSL that is given it frees it.
    func makePointer() -> OpaquePointer {
        guard let bio = BIO_new(method.pointer) else {
            preconditionFailure("OpenSSL has no memory for a BIO")
        }
        // Unretained is sound: the session owns both this object and the SSL that reads and writes it.
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    fileprivate static func of(_ bio: OpaquePointer?) -> RecordBIO? {
        BIO_get_data(bio).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    fileprivate func read(into target: UnsafeMutablePointer<CChar>, count: Int) -> Int {
        let count = min(count, self.incoming.readableBytes)
        self.incoming.withUnsafeReadableBytes {
            UnsafeMutableRawPointer(target).copyMemory(from: $0.baseAddress!, byteCount: count)
        }
        self.incoming.moveReaderIndex(forwardBy: count)
        if self.incoming.readableBytes == 0 { self.incoming = ByteBuffer() }
        return count
    }
}

/// The `BIO_METHOD`: made once, immutable, never freed.
private struct Method: @unchecked Sendable {
    let pointer: OpaquePointer

    init() {
        guard let pointer = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "faultserve")
        else { preconditionFailure("OpenSSL has no memory for a BIO_METHOD") }
        self.pointer = pointer
        BIO_meth_set_read(pointer) { bio, target, count in
            fs_bio_clear_retry(bio)
            guard let target, let memory = RecordBIO.of(bio), count > 0 else { return -1 }
            guard memory.incoming.readableBytes > 0 else {
                fs_bio_set_retry_read(bio)
                return -1
            }
            return Int32(memory.read(into: target, count: Int(count)))
        }
        BIO_meth_set_write(pointer) { bio, bytes, count in
            fs_bio_clear_retry(bio)
            guard let bytes, let memory = RecordBIO.of(bio), count > 0 else { return -1 }
            memory.outgoing.writeBytes(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            return count
        }
        BIO_meth_set_ctrl(pointer) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    }
}

private let method = Method()
