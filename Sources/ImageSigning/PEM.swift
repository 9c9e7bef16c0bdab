import COpenSSL

/// Keys as text, through a BIO in memory. What is read belongs to the caller.
enum PEM {
    /// The first private key; nil if there is none.
    /// - Throws: if there is one that is encrypted or cannot be read.
    static func privateKey(_ text: [UInt8], name: String) throws(SigningError) -> OpaquePointer? {
        defer { ERR_clear_error() }
        var isEncrypted = false
        let key = Self.reading(text) { bio in
            withUnsafeMutablePointer(to: &isEncrypted) { flag in
                PEM_read_bio_PrivateKey(
                    bio, nil,
                    { _, _, _, flag in
                        flag?.assumingMemoryBound(to: Bool.self).pointee = true
                        return -1
                    }, flag)
            }
        }
        if let key { return key }
        guard !isEncrypted else {
            throw SigningError(
                "The private key in \(name) is encrypted; write one without a passphrase with "
                    + "`openssl pkey -in \(name) -out KEY.pem`.")
        }
        guard !text.contains("PRIVATE KEY-----".utf8) else {
            throw .openSSL("\(name) holds a private key that cannot be read")
        }
        return nil
    }

    /// The first public key; nil if there is none that can be read.
    static func publicKey(_ text: [UInt8]) -> OpaquePointer? {
        defer { ERR_clear_error() }
        // A public key is not encrypted, but what is taken for one must not ask either.
        return Self.reading(text) { PEM_read_bio_PUBKEY($0, nil, { _, _, _, _ in -1 }, nil) }
    }

    /// A private key in PKCS#8, not encrypted.
    static func text(_ key: OpaquePointer) throws(SigningError) -> [UInt8] {
        guard let bio = BIO_new(BIO_s_mem()) else { preconditionFailure("no memory for a BIO") }
        defer { BIO_free(bio) }
        guard PEM_write_bio_PKCS8PrivateKey(bio, key, nil, nil, 0, nil, nil) == 1 else {
            throw .openSSL("Cannot write the key")
        }
        return [UInt8](unsafeUninitializedCapacity: BIO_ctrl_pending(bio)) { buffer, count in
            count = max(0, Int(BIO_read(bio, buffer.baseAddress, Int32(buffer.count))))
        }
    }

    private static func reading<Result>(
        _ text: [UInt8], _ body: (OpaquePointer) -> Result
    ) -> Result {
        // A byte more, so that there is an address even of an empty text.
        (text + [0]).withUnsafeBytes { buffer in
            guard let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(text.count)) else {
                preconditionFailure("no memory for a BIO")
            }
            defer { BIO_free(bio) }
            return body(bio)
        }
    }
}
