import COpenSSL
public import FirmwareImage

/// A public key that signatures are verified with.
public struct VerificationKey: SignatureVerifier {
    let key: Key
    /// The key as a signature block has it: ``SignatureBlock/key``.
    public let bytes: [UInt8]

    /// What signatures of this key are made by.
    public var scheme: SignatureScheme { self.key.scheme }

    /// What a chip's eFuses and ESP-IDF know the key by: 32 bytes.
    public var digest: [UInt8] { SHA256.digest(of: self.bytes) }

    init(_ key: Key) throws(SigningError) {
        self.key = key
        let size = key.scheme.numberSize
        switch key.scheme {
        case .rsa3072:
            let modulus = try key.number(OSSL_PKEY_PARAM_RSA_N, count: size)
            let constants = try MontgomeryConstants(modulus: modulus)
            self.bytes =
                try modulus + key.number(OSSL_PKEY_PARAM_RSA_E, count: 4) + constants.r
                + constants.mPrime
        case .ecdsa192, .ecdsa256:
            self.bytes =
                try [key.scheme == .ecdsa192 ? 1 : 2]
                + key.number(OSSL_PKEY_PARAM_EC_PUB_X, count: size)
                + key.number(OSSL_PKEY_PARAM_EC_PUB_Y, count: size)
                + [UInt8](repeating: 0, count: 64 - 2 * size)
        }
    }

    /// Reads a public key, or the public half of a private one.
    /// - Parameters:
    ///   - pem: the text of a PEM file.
    ///   - name: what errors call the file.
    public init(pem: [UInt8], name: String) throws(SigningError) {
        var pointer = PEM.publicKey(pem)
        if pointer == nil { pointer = try PEM.privateKey(pem, name: name) }
        guard let pointer else { throw SigningError("\(name) holds no key in PEM form.") }
        try self.init(Key(owning: pointer, name: name))
    }

    /// The key that a block has in it. That the signature holds with this key says nothing of
    /// whose it is.
    /// - Returns: nil if it is no key, or if the constants beside it are not those that belong to
    ///   it.
    public init?(in block: SignatureBlock) {
        defer { ERR_clear_error() }
        guard let scheme = block.scheme, let bytes = block.key,
            let pointer = PublicNumbers.key(scheme: scheme, bytes),
            let key = try? Key(owning: pointer, name: "the key"),
            let read = try? VerificationKey(key), read.bytes == bytes
        else { return nil }
        self = read
    }

    /// Whether the key made a signature.
    /// - Returns: nil if the block says that another key did.
    public func verifies(_ block: SignatureBlock, digest: [UInt8]) -> Bool? {
        guard block.scheme == self.scheme, block.key == self.bytes,
            let signature = block.signature
        else { return nil }
        return self.key.isSignature(signature, of: digest)
    }
}

/// Verifies with keys that are trusted, as a chip does.
public struct TrustedKeys: SignatureVerifier {
    let keys: [VerificationKey]

    /// - Parameter keys: in any order.
    public init(_ keys: [VerificationKey]) { self.keys = keys }

    /// Whether the one of these keys that the block names made its signature.
    /// - Returns: nil if the block names none of them.
    public func verifies(_ block: SignatureBlock, digest: [UInt8]) -> Bool? {
        self.keys.lazy.compactMap { $0.verifies(block, digest: digest) }.first
    }
}

/// Verifies each block with the key that is in it, as who has no key can. It finds damage, and not
/// that somebody else signed.
public struct ContainedKeys: SignatureVerifier {
    /// There is nothing to choose.
    public init() {}

    /// Whether the key in the block made its signature.
    /// - Returns: nil if the block's scheme is not known.
    public func verifies(_ block: SignatureBlock, digest: [UInt8]) -> Bool? {
        guard block.scheme != nil else { return nil }
        return VerificationKey(in: block)?.verifies(block, digest: digest) ?? false
    }
}
