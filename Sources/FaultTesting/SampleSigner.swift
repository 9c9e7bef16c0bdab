public import FaultKit

/// Makes signature blocks of Secure Boot v2 that have everything but a signature: the same bytes for
/// the same digest and key in every run.
public struct SampleSigner: ImageSigner {
    public let hasOwnKey: Bool

    public init(hasOwnKey: Bool = true) { self.hasOwnKey = hasOwnKey }

    /// - Throws: ``ImageError`` if the user's key is asked for and there is none, or the digest is no SHA-256.
    public func signatureBlock(
        for digest: [UInt8], by signatory: Signatory, replacing old: [UInt8]? = nil
    ) throws -> [UInt8] {
        guard digest.count == 32 else {
            throw ImageError("a SHA-256 has 32 bytes, not \(digest.count); hash the image with it")
        }
        guard self.hasOwnKey || signatory != .own else {
            throw ImageError("there is no key of the user's own; sign with the stranger's")
        }
        let seed = digest.reduce(signatory == .own ? UInt64(1) : 2) { $0 &* 31 &+ UInt64($1) }
        // ESP-IDF, "Secure Boot v2", Signature Block Format: magic, version and padding; the digest;
        // modulus, exponent, R and M' of the key; the signature; CRC-32 of all that; padding.
        let modulus = Samples.bytes(384, seed: signatory == .own ? 1 : 2)
        let exponent: [UInt8] = [1, 0, 1, 0]
        var block: [UInt8] = [0xE7, 2, 0, 0] + digest + modulus + exponent
        block += Samples.bytes(384 + 4 + 384, seed: seed)
        let crc = Self.crc32(block)
        block += (0..<4).map { UInt8(truncatingIfNeeded: crc >> (8 * $0)) }
        return block + Array(repeating: 0, count: 16)
    }

    /// CRC-32 as zlib has it (ISO 3309, reflected).
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in
                crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0)
            }
        }
    }
}
