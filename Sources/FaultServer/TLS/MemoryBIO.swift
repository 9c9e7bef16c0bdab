import COpenSSL

/// OpenSSL's way to read and write text: a BIO in memory.
enum MemoryBIO {
    /// Lets OpenSSL read bytes.
    static func reading<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            guard let bio = BIO_new_mem_buf(buffer.baseAddress ?? Self.nothing, Int32(buffer.count))
            else { preconditionFailure("no memory for a BIO") }
            defer { BIO_free(bio) }
            return body(bio)
        }
    }

    /// What OpenSSL wrote.
    /// - Parameter body: returns 1 if it could write.
    static func written(_ body: (OpaquePointer) -> Int32) throws(ServerError) -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { preconditionFailure("no memory for a BIO") }
        defer { BIO_free(bio) }
        guard body(bio) == 1 else { throw .openSSL("cannot write PEM") }
        return [UInt8](unsafeUninitializedCapacity: BIO_ctrl_pending(bio)) { buffer, count in
            count = max(0, Int(BIO_read(bio, buffer.baseAddress, Int32(buffer.count))))
        }
    }

    /// An address for a buffer that has none because it is empty. Never nil: 1 is not the null
    /// address.
    private static var nothing: UnsafeRawPointer { UnsafeRawPointer(bitPattern: 1)! }
}
