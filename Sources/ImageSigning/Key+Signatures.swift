import COpenSSL
import FirmwareImage

/// Signatures in the form that a block has them: ``SignatureBlock/signature``.
extension Key {
    func signature(of digest: [UInt8]) throws(SigningError) -> [UInt8] {
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, self.pointer, nil) else {
            throw .openSSL("Cannot sign")
        }
        defer { EVP_PKEY_CTX_free(context) }
        var count = 0
        guard EVP_PKEY_sign_init(context) == 1, self.setScheme(of: context),
            EVP_PKEY_sign(context, nil, &count, digest, digest.count) == 1
        else { throw .openSSL("Cannot sign") }
        var signature = [UInt8](repeating: 0, count: count)
        guard EVP_PKEY_sign(context, &signature, &count, digest, digest.count) == 1 else {
            throw .openSSL("Cannot sign")
        }
        signature.removeLast(signature.count - count)
        return self.scheme == .rsa3072
            ? signature.reversed()
            : try Self.numbers(ofDER: signature, size: self.scheme.numberSize)
    }

    func isSignature(_ signature: [UInt8], of digest: [UInt8]) -> Bool {
        defer { ERR_clear_error() }
        let form =
            self.scheme == .rsa3072
            ? signature.reversed() : Self.der(ofNumbers: signature, size: self.scheme.numberSize)
        guard let context = EVP_PKEY_CTX_new_from_pkey(nil, self.pointer, nil) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        return EVP_PKEY_verify_init(context) == 1 && self.setScheme(of: context)
            && EVP_PKEY_verify(context, form, form.count, digest, digest.count) == 1
    }

    /// What signer and verifier must agree on besides the key.
    private func setScheme(of context: OpaquePointer) -> Bool {
        let sha256 = EVP_sha256()
        guard EVP_PKEY_CTX_set_signature_md(context, sha256) == 1 else { return false }
        return self.scheme != .rsa3072
            || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, 32) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md(context, sha256) == 1
    }

    /// r and s, lowest byte first, and zeros up to 64 bytes.
    /// - Parameter der: an `ECDSA-Sig-Value` (RFC 3279, section 2.2.3).
    private static func numbers(ofDER der: [UInt8], size: Int) throws(SigningError) -> [UInt8] {
        let signature = der.withUnsafeBufferPointer { bytes in
            var place = bytes.baseAddress
            return d2i_ECDSA_SIG(nil, &place, bytes.count)
        }
        defer { ECDSA_SIG_free(signature) }
        // They belong to the signature.
        guard let signature, let r = ECDSA_SIG_get0_r(signature),
            let s = ECDSA_SIG_get0_s(signature)
        else { throw .openSSL("Cannot sign") }
        return try r.littleEndianBytes(count: size) + s.littleEndianBytes(count: size)
            + [UInt8](repeating: 0, count: 64 - 2 * size)
    }

    private static func der(ofNumbers bytes: [UInt8], size: Int) -> [UInt8] {
        let signature = ECDSA_SIG_new()
        defer { ECDSA_SIG_free(signature) }
        // The signature owns them from here on.
        ECDSA_SIG_set0(
            signature, .bigNumber(littleEndian: bytes[..<size]),
            .bigNumber(littleEndian: bytes[size..<2 * size]))
        var der = [UInt8](repeating: 0, count: Int(max(0, i2d_ECDSA_SIG(signature, nil))))
        der.withUnsafeMutableBufferPointer { buffer in
            var place = buffer.baseAddress
            _ = i2d_ECDSA_SIG(signature, &place)
        }
        return der
    }
}
