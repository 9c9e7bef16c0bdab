/// Signs images for faults that edit signed ones: faults know no cryptography, so the engine hands a
/// signer in with the image (``Image/signer``).
public protocol ImageSigner: Sendable {
    /// Whether there is a key of the user's own, with which an edited signed image can be signed anew.
    var hasOwnKey: Bool { get }

    /// A signature block (ESP-IDF, "Secure Boot v2", Signature Block Format): 1216 bytes.
    /// - Parameters:
    ///   - digest: the SHA-256 of the image, 32 bytes.
    ///   - old: the block whose place it takes, if there is one: a stranger signs by the same scheme.
    /// - Throws: ``ImageError`` if there is no such key, or it cannot sign.
    func signatureBlock(
        for digest: [UInt8], by signatory: Signatory, replacing old: [UInt8]?
    ) throws -> [UInt8]
}

/// Whose key signs an image.
public enum Signatory: Sendable, Hashable {
    /// The user's, which the device trusts.
    case own
    /// One that nobody trusts, made anew for each run.
    case stranger
}
