import COpenSSL
import NIOCore

/// Protects the records that the server sends, with the keys of a handshake (RFC 8446 §5.2, RFC 5288 §3, RFC 7905 §2):
/// each goes from where its plaintext lies to where its ciphertext belongs, with no copy between.
///
/// OpenSSL hands the keys over as it would to the kernel; see docs/decisions/0017.
final class RecordCipher {
    /// A record has no more than a full fragment of plaintext, which OpenSSL sees to (RFC 8446 §5.1).
    private static let tagLength = 16
    private static let headerLength = 5
    private static let explicitNonceLength = 8

    /// The `EVP_CIPHER_CTX *`.
    private let context: OpaquePointer
    private let isTLS13: Bool
    /// Whether each record says its nonce's second part, as AES-GCM does in TLS 1.2.
    private let saysNonce: Bool
    /// The first four bytes of each nonce, and what the sequence number makes the other eight of.
    private let salt: UInt32
    private var iv: UInt64
    private var sequence: UInt64

    /// - Parameter info: the `struct tls12_crypto_info_...` of Linux' linux/tls.h: version and cipher, 16 bits each in
    ///   the machine's order, then iv, key, salt, and the sequence number of the first record.
    /// - Returns: nil for a cipher that is not known here; OpenSSL protects the records itself then.
    init?(info: UnsafeRawPointer) {
        let isTLS13 = info.loadUnaligned(as: UInt16.self) == UInt16(TLS1_3_VERSION)
        let iv: UnsafeRawPointer
        let (key, salt, sequence): (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer)
        let cipher: OpaquePointer
        let type = Int32(info.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
        switch type {
        case TLS_CIPHER_AES_GCM_128, TLS_CIPHER_AES_GCM_256:
            let keyLength = type == TLS_CIPHER_AES_GCM_128 ? 16 : 32
            (iv, key, salt, sequence) = (
                info + 4, info + 12, info + 12 + keyLength, info + 16 + keyLength
            )
            cipher = type == TLS_CIPHER_AES_GCM_128 ? ciphers.aes128GCM : ciphers.aes256GCM
        case TLS_CIPHER_CHACHA20_POLY1305:
            (salt, iv, key, sequence) = (info + 4, info + 8, info + 16, info + 48)
            cipher = ciphers.chacha20Poly1305
        default: return nil
        }
        guard let context = EVP_CIPHER_CTX_new() else { return nil }
        let bytes = key.assumingMemoryBound(to: UInt8.self)
        guard EVP_EncryptInit_ex(context, cipher, nil, bytes, nil) == 1 else {
            EVP_CIPHER_CTX_free(context)
            return nil
        }
        self.context = context
        self.isTLS13 = isTLS13
        self.saysNonce = !isTLS13 && type != TLS_CIPHER_CHACHA20_POLY1305
        self.salt = salt.loadUnaligned(as: UInt32.self)
        self.iv = UInt64(bigEndian: iv.loadUnaligned(as: UInt64.self))
        self.sequence = UInt64(bigEndian: sequence.loadUnaligned(as: UInt64.self))
    }

    deinit { EVP_CIPHER_CTX_free(self.context) }

    /// Appends a record.
    /// - Parameters:
    ///   - plaintext: at most 16,384 bytes.
    ///   - type: its ContentType (RFC 8446 §5.1).
    /// - Returns: false if OpenSSL cannot encrypt it, which nothing but a lack of memory should make it say.
    func seal(_ plaintext: UnsafeRawBufferPointer, type: UInt8, into output: inout ByteBuffer)
        -> Bool
    {
        let nonceLength = self.saysNonce ? Self.explicitNonceLength : 0
        let innerLength = plaintext.count + (self.isTLS13 ? 1 : 0)
        let length = nonceLength + innerLength + Self.tagLength
        var isSealed = false
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.headerLength + length) {
            target in
            let record = UnsafeMutableRawBufferPointer(
                rebasing: target[..<(Self.headerLength + length)])
            record[0] = self.isTLS13 ? UInt8(SSL3_RT_APPLICATION_DATA) : type
            record.storeBytes(of: UInt16(0x0303).bigEndian, toByteOffset: 1, as: UInt16.self)
            record.storeBytes(of: UInt16(length).bigEndian, toByteOffset: 3, as: UInt16.self)
            if self.saysNonce {
                record.storeBytes(
                    of: self.iv.bigEndian, toByteOffset: Self.headerLength, as: UInt64.self)
            }
            let body = record.baseAddress! + Self.headerLength + nonceLength
            isSealed = self.encrypt(plaintext, type, header: record.baseAddress!, to: body)
            return isSealed ? record.count : 0
        }
        self.sequence &+= 1
        if self.saysNonce { self.iv &+= 1 }
        return isSealed
    }

    private func encrypt(
        _ plaintext: UnsafeRawBufferPointer, _ type: UInt8, header: UnsafeMutableRawPointer,
        to body: UnsafeMutableRawPointer
    ) -> Bool {
        var nonce = (self.salt, UInt32(0), UInt32(0))
        let second = self.saysNonce ? self.iv : self.iv ^ self.sequence
        nonce.1 = UInt32(truncatingIfNeeded: second >> 32).bigEndian
        nonce.2 = UInt32(truncatingIfNeeded: second).bigEndian
        var count: Int32 = 0
        let target = body.assumingMemoryBound(to: UInt8.self)
        let isBegun = withUnsafeBytes(of: &nonce) {
            let nonce = $0.baseAddress!.assumingMemoryBound(to: UInt8.self)
            return EVP_EncryptInit_ex(self.context, nil, nil, nil, nonce) == 1
        }
        guard isBegun, self.authenticate(plaintext.count, type, header),
            EVP_EncryptUpdate(
                self.context, target, &count,
                plaintext.baseAddress?.assumingMemoryBound(to: UInt8.self),
                Int32(plaintext.count)) == 1
        else { return false }
        var end = target + Int(count)
        if self.isTLS13 {
            // The true type stands behind the data.
            var type = type
            guard EVP_EncryptUpdate(self.context, end, &count, &type, 1) == 1 else { return false }
            end += 1
        }
        return EVP_EncryptFinal_ex(self.context, end, &count) == 1
            && EVP_CIPHER_CTX_ctrl(
                self.context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagLength), end) == 1
    }

    /// What is authenticated beside the data: the header, before TLS 1.3 with the sequence number before it and the
    /// length of the plaintext in it (RFC 5246 §6.2.3.3).
    private func authenticate(_ length: Int, _ type: UInt8, _ header: UnsafeRawPointer) -> Bool {
        var count: Int32 = 0
        if self.isTLS13 {
            let header = header.assumingMemoryBound(to: UInt8.self)
            return EVP_EncryptUpdate(self.context, nil, &count, header, Int32(Self.headerLength))
                == 1
        }
        return withUnsafeTemporaryAllocation(byteCount: 13, alignment: 8) { data in
            data.storeBytes(of: self.sequence.bigEndian, as: UInt64.self)
            data[8] = type
            data.storeBytes(of: UInt16(0x0303).bigEndian, toByteOffset: 9, as: UInt16.self)
            data.storeBytes(of: UInt16(length).bigEndian, toByteOffset: 11, as: UInt16.self)
            let bytes = data.baseAddress!.assumingMemoryBound(to: UInt8.self)
            return EVP_EncryptUpdate(self.context, nil, &count, bytes, 13) == 1
        }
    }
}

/// OpenSSL's ciphers: fetched once, as it searches its providers each time, immutable, never freed.
private struct Ciphers: @unchecked Sendable {
    let aes128GCM = Self.fetch("AES-128-GCM")
    let aes256GCM = Self.fetch("AES-256-GCM")
    let chacha20Poly1305 = Self.fetch("ChaCha20-Poly1305")

    private static func fetch(_ name: String) -> OpaquePointer {
        guard let cipher = EVP_CIPHER_fetch(nil, name, nil) else {
            preconditionFailure("OpenSSL knows no \(name)")
        }
        return cipher
    }
}

private let ciphers = Ciphers()

@available(*, unavailable)
extension RecordCipher: Sendable {}
