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
            case .rsa4096: fs_key_rsa(4096)
            case .ed25519: fs_key_ed25519()
            }
        guard let key else { throw .openSSL("cannot make a key of the kind \(kind.rawValue)") }
        return PrivateKey(owning: key)
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
