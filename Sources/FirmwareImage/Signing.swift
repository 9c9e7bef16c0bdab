/// Who signs. Keys and their arithmetic are elsewhere, so that images need no cryptography library.
public protocol Signer: Sendable {
    /// A block that signs an image, with a right CRC.
    ///
    /// Signatures have chance in them: two of the same digest differ, and both are right. Who needs
    /// the same bytes twice keeps the block.
    /// - Parameter digest: the SHA-256 of all that stands before the signature sector: 32 bytes.
    func sign(digest: [UInt8]) throws -> SignatureBlock
}

/// Who tells right signatures from wrong ones.
public protocol SignatureVerifier: Sendable {
    /// Whether a block signs an image. The CRC and the digest in the block do not matter.
    /// - Parameter digest: the SHA-256 of all that stands before the signature sector: 32 bytes.
    /// - Returns: nil if that is not known, for want of the block's key.
    func verifies(_ block: SignatureBlock, digest: [UInt8]) -> Bool?
}

/// What was found of one block.
public struct SignatureCheck: Sendable, Hashable {
    /// Where the block stands: 0, 1 or 2.
    public let slot: Int
    /// The block itself.
    public let block: SignatureBlock
    /// Whether the block's CRC is right.
    public let isCRCRight: Bool
    /// Whether the image's digest in the block is right; nil if the block's scheme is not known.
    public let isDigestRight: Bool?
    /// Whether the signature is right; nil if that is not known, for want of the key or the scheme.
    public let isSignatureRight: Bool?

    /// Whether something of the block is wrong.
    public var isBroken: Bool {
        !self.isCRCRight || self.isDigestRight == false || self.isSignatureRight == false
    }

    /// Whether all of the block is right, and known to be.
    public var holds: Bool { !self.isBroken && self.isSignatureRight == true }
}

extension SignatureSector {
    /// Checks every block.
    /// - Parameter digest: the SHA-256 of all that stands before the sector: 32 bytes.
    public func checks(
        digest: [UInt8], with verifier: some SignatureVerifier
    ) -> [SignatureCheck] {
        (0..<Self.slots).compactMap { slot in
            self[slot].map { block in
                SignatureCheck(
                    slot: slot, block: block, isCRCRight: block.isCRCValid,
                    isDigestRight: block.scheme.map { _ in block.imageDigest == digest },
                    isSignatureRight: verifier.verifies(block, digest: digest))
            }
        }
    }
}
