import COpenSSL
public import FirmwareImage

/// A private key that images are signed with.
public struct SigningKey: Signer {
    private let key: Key
    /// The public half.
    public let verificationKey: VerificationKey

    /// What the key signs by.
    public var scheme: SignatureScheme { self.key.scheme }

    private init(_ key: Key) throws(SigningError) {
        self.key = key
        self.verificationKey = try VerificationKey(key)
    }

    /// Makes a new key. RSA takes a good part of a second.
    public static func generate(_ scheme: SignatureScheme) throws(SigningError) -> SigningKey {
        guard let pointer = scheme.group.map({ fs_key_ec($0) }) ?? fs_key_rsa(3072) else {
            throw .openSSL("Cannot make a key of \(scheme.rawValue)")
        }
        return try SigningKey(Key(owning: pointer, name: "The new key"))
    }

    /// Reads a private key. Never asks for a passphrase.
    /// - Parameters:
    ///   - pem: the text of a PEM file: PKCS#8, or OpenSSL's traditional forms.
    ///   - name: what errors call the file.
    public init(pem: [UInt8], name: String) throws(SigningError) {
        guard let pointer = try PEM.privateKey(pem, name: name) else {
            let publicKey = PEM.publicKey(pem)
            EVP_PKEY_free(publicKey)
            throw SigningError(
                publicKey == nil
                    ? "\(name) holds no private key in PEM form."
                    : "\(name) holds a public key, which can only verify; sign with the private "
                        + "key that it belongs to.")
        }
        try self.init(Key(owning: pointer, name: name))
    }

    /// The key as a PEM file: PKCS#8 (RFC 5958), not encrypted.
    public func pem() throws(SigningError) -> [UInt8] { try PEM.text(self.key.pointer) }

    /// Signs an image.
    public func sign(digest: [UInt8]) throws(SigningError) -> SignatureBlock {
        precondition(digest.count == SHA256.digestSize, "a SHA-256 digest has 32 bytes")
        return SignatureBlock(
            scheme: self.scheme, imageDigest: digest, key: self.verificationKey.bytes,
            signature: try self.key.signature(of: digest))
    }
}
