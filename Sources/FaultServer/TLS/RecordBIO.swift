import COpenSSL
import NIOCore

/// The two ends of a TLS session's bytes, as OpenSSL wants them: a BIO over buffers.
///
/// Each record that OpenSSL writes after the handshake arrives in one call: ready, or its plaintext where OpenSSL has
/// handed the keys over.
final class RecordBIO {
    /// Ciphertext from the client that OpenSSL has not read.
    var incoming = ByteBuffer()
    /// Ciphertext for the client.
    var outgoing = ByteBuffer()
    /// Nil while OpenSSL protects the records itself.
    private var cipher: RecordCipher?
    /// The ContentType of what is written next, where it is no application data.
    private var nextType: UInt8?
    /// A KeyUpdate was written: the keys end with it (RFC 8446 §4.6.3).
    private var keysEnd = false

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

    fileprivate func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let cipher else {
            self.outgoing.writeBytes(bytes)
            return true
        }
        let type = self.nextType ?? UInt8(SSL3_RT_APPLICATION_DATA)
        self.nextType = nil
        if type == SSL3_RT_HANDSHAKE, bytes.first == UInt8(SSL3_MT_KEY_UPDATE) {
            self.keysEnd = true
        }
        return cipher.seal(bytes, type: type, into: &self.outgoing)
    }

    /// - Returns: what `BIO_ctrl(3)` returns.
    fileprivate func control(_ command: Int32, _ number: Int, _ pointer: UnsafeMutableRawPointer?)
        -> Int
    {
        switch command {
        case BIO_CTRL_FLUSH:
            // From here on OpenSSL protects the records itself, with the keys that come next.
            if self.keysEnd { (self.cipher, self.keysEnd) = (nil, false) }
            return 1
        case fs_bio_ctrl_set_ktls:
            // Nobody hands over the keys of records that are read.
            guard number != 0, let pointer else { return 0 }
            self.cipher = RecordCipher(info: pointer)
            return self.cipher == nil ? 0 : 1
        case BIO_CTRL_GET_KTLS_SEND: return self.cipher == nil ? 0 : 1
        case fs_bio_ctrl_set_ktls_record_type:
            self.nextType = UInt8(truncatingIfNeeded: number)
            return 0
        default: return 0
        }
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
            return memory.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
                ? count : -1
        }
        BIO_meth_set_ctrl(pointer) { bio, command, number, pointer in
            RecordBIO.of(bio)?.control(command, number, pointer) ?? 0
        }
    }
}

private let method = Method()
