/// Signs images for faults that edit signed ones: faults know no cryptography, so the engine hands a
/// signer in with the image (``Image/signer``).
public protocol ImageSigner: Sendable {
    /// Whether there is a key of the user's own, with which an edited signed image can be signed anew.
    var hasOwnKey: Bool { get }

    /// A signature block (ESP-IDF, "Secure Boot v2", Signature Block Format): 1216 bytes.
    /// - Parameter digest: the SHA-256 of the image, 32 bytes.
    /// - Throws: ``ImageError`` if there is no such key, or it cannot sign.
    func signatureBlock(for digest: [UInt8], by key: SigningKey) throws -> [UInt8]
}

/// Whose key signs an image.
public enum SigningKey: Sendable, Hashable {
    /// The user's, which the device trusts.
    case own
    /// One that nobody trusts, made anew for each run.
    case stranger
}
