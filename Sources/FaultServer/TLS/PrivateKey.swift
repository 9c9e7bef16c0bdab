import COpenSSL
import FaultKit

/// A private key. It never changes, so threads may share it.
final class PrivateKey: @unchecked Sendable {
    /// An `EVP_PKEY`, which lives as long as this object.
    let pointer: OpaquePointer

    private init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(self.pointer) }

    /// A new ECDSA key on P-256.
    static func p256() throws(ServerError) -> PrivateKey { try .generate(.p256) }

    /// A new RSA key of 2048 bits.
    static func rsa2048() throws(ServerError) -> PrivateKey { try .generate(.rsa2048) }

    /// A new key.
    static func generate(_ kind: Certificate.Key) throws(ServerError) -> PrivateKey {
        let key =
            switch kind {
            case .p192: fs_key_ec("prime192v1")
            case .p256: fs_key_ec("P-256")
            case .p384: fs_key_ec("P-384")
            case .p521: fs_key_ec("P-521")
            case .rsa1024: fs_key_rsa(1024)
            case .rsa2048: fs_key_rsa(2048)
            case .rsa3072: fs_key_rsa(3072)
            case .rsa4096: Self.multiPrime(bits: 4096, primes: 4)
            case .rsa8192: Self.multiPrime(bits: 8192, primes: 5)
            case .ed25519: fs_key_ed25519()
            }
        guard let key else { throw .openSSL("cannot make a key of the kind \(kind.rawValue)") }
        return PrivateKey(owning: key)
    }

    /// An RSA key of more than two primes (RFC 8017 §3.2): clients see no difference, and it is made in seconds where
    /// two primes of 4096 bits take the better part of a minute.
    private static func multiPrime(bits: Int32, primes: Int32) -> OpaquePointer? {
        let context = EVP_PKEY_CTX_new_from_name(nil, "RSA", nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits) == 1,
            EVP_PKEY_CTX_set_rsa_keygen_primes(context, primes) == 1,
            EVP_PKEY_generate(context, &key) == 1
        else { return nil }
        return key
    }

    /// Reads the first private key of a PEM file. Never asks for a passphrase.
    /// - Parameter path: where the text comes from, for errors.
    static func read(pem: [UInt8], path: String) throws(ServerError) -> PrivateKey {
        var isEncrypted = false
        let key = MemoryBIO.reading(pem) { bio in
            withUnsafeMutablePointer(to: &isEncrypted) { flag in
                PEM_read_bio_PrivateKey(
                    bio, nil,
                    { _, _, _, flag in
                        flag?.assumingMemoryBound(to: Bool.self).pointee = true
                        return -1
                    }, flag)
            }
        }
        if let key { return PrivateKey(owning: key) }
        let failure = ServerError.openSSL("\(path) holds a private key that cannot be read", .data)
        if isEncrypted {
            throw ServerError(
                .data,
                "the private key in \(path) is encrypted; write one without a passphrase with "
                    + "`openssl pkey -in \(path) -out server_key.pem`")
        }
        guard PrivateKeyMaterial.isPresent(in: pem, fileSize: pem.count),
            pem.first != PrivateKeyMaterial.derSequence
        else { throw ServerError(.data, "\(path) holds no private key in PEM form") }
        throw failure
    }

    /// PKCS#8 in PEM form, not encrypted.
    func pem() throws(ServerError) -> [UInt8] {
        try MemoryBIO.written {
            PEM_write_bio_PKCS8PrivateKey($0, self.pointer, nil, nil, 0, nil, nil)
        }
    }

    /// A key that has the public half of this one and the private half of another, so that what it signs is
    /// another's.
    /// - Throws: ``ServerError`` for kinds whose public half follows from the private one, as Ed25519.
    func impostor() throws(ServerError) -> PrivateKey {
        let builder = OSSL_PARAM_BLD_new()
        var numbers: [OpaquePointer?] = []
        var point: [UInt8] = []
        var group = [CChar](repeating: 0, count: 80)
        defer {
            for number in numbers { BN_clear_free(number) }
            OSSL_PARAM_BLD_free(builder)
        }
        func number(_ name: UnsafePointer<CChar>?, of key: OpaquePointer) -> OpaquePointer? {
            var number: OpaquePointer?
            guard EVP_PKEY_get_bn_param(key, name, &number) == 1 else { return nil }
            numbers.append(number)
            return number
        }
        var isBuilt = false
        let isCurve = EVP_PKEY_get_base_id(self.pointer) == EVP_PKEY_EC
        if isCurve, EVP_PKEY_get_group_name(self.pointer, &group, group.count, nil) == 1,
            let other = fs_key_ec(group)
        {
            defer { EVP_PKEY_free(other) }
            point = [UInt8](repeating: 0, count: 256)
            var count = 0
            isBuilt =
                EVP_PKEY_get_octet_string_param(
                    self.pointer, fs_param_pub, &point, point.count, &count) == 1
                && OSSL_PARAM_BLD_push_utf8_string(builder, fs_param_group, group, 0) == 1
                && OSSL_PARAM_BLD_push_octet_string(builder, fs_param_pub, point, count) == 1
                && OSSL_PARAM_BLD_push_BN(
                    builder, fs_param_priv, number(fs_param_priv, of: other)) == 1
        } else if EVP_PKEY_get_base_id(self.pointer) == EVP_PKEY_RSA,
            let other = fs_key_rsa(UInt32(EVP_PKEY_get_bits(self.pointer)))
        {
            defer { EVP_PKEY_free(other) }
            isBuilt =
                OSSL_PARAM_BLD_push_BN(
                    builder, fs_param_rsa_n, number(fs_param_rsa_n, of: self.pointer)) == 1
                && OSSL_PARAM_BLD_push_BN(
                    builder, fs_param_rsa_e, number(fs_param_rsa_e, of: self.pointer)) == 1
                && OSSL_PARAM_BLD_push_BN(
                    builder, fs_param_rsa_d, number(fs_param_rsa_d, of: other)) == 1
        }
        guard isBuilt else {
            throw ServerError(.data, "a key of this kind cannot have another's private half")
        }
        let parameters = OSSL_PARAM_BLD_to_param(builder)
        let maker = EVP_PKEY_CTX_new_from_name(nil, isCurve ? "EC" : "RSA", nil)
        defer {
            OSSL_PARAM_free(parameters)
            EVP_PKEY_CTX_free(maker)
        }
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(maker) == 1,
            EVP_PKEY_fromdata(maker, &key, fs_select_key_pair, parameters) == 1, let key
        else { throw .openSSL("cannot make a key of two halves") }
        return PrivateKey(owning: key)
    }

    /// SHA-256 of the public key in DER (SubjectPublicKeyInfo, RFC 5280 §4.1).
    func publicDigest() throws(ServerError) -> [UInt8] {
        let der = try MemoryBIO.written { i2d_PUBKEY_bio($0, self.pointer) }
        var digest = [UInt8](repeating: 0, count: 32)
        EVP_Digest(der, der.count, &digest, nil, EVP_sha256(), nil)
        return digest
    }

    /// The digest to sign with; nil where the algorithm has its own, as Ed25519.
    var digest: OpaquePointer? {
        var name = [CChar](repeating: 0, count: 80)
        // 2 says that no other digest will do, and the name then that there is none.
        let isMandatory = EVP_PKEY_get_default_digest_name(self.pointer, &name, name.count) == 2
        return isMandatory && name.starts(with: "UNDEF".utf8.map { CChar($0) }) ? nil : EVP_sha256()
    }
}
