/// One signature of an image with its public key: `ets_secure_boot_sig_block_t` of ESP-IDF's Secure
/// Boot v2, 1216 bytes.
///
/// It is a view of its bytes, so that what it has no name for survives a change. Integers, moduli,
/// coordinates and signatures all have their lowest byte first; only digests are as they are.
///
/// A change leaves the CRC as it was: see ``resealCRC()``.
public struct SignatureBlock: Sendable, Hashable {
    /// In bytes.
    public static let size = 1216
    /// The first byte of every block.
    public static let magic: UInt8 = 0xE7

    private static let digestRange = 4..<36
    private static let crcOffset = 1196

    /// The block as it stands in a file: always 1216 bytes.
    public private(set) var bytes: [UInt8]

    /// A block with a right CRC.
    /// - Parameters:
    ///   - imageDigest: the SHA-256 of all that stands before the signature sector: 32 bytes.
    ///   - key: the public key, as ``key`` describes it.
    ///   - signature: as ``signature`` describes it.
    /// - Precondition: each has the length that the scheme gives it, and an ECDSA key begins with
    ///   the scheme's curve.
    public init(
        scheme: SignatureScheme, imageDigest: [UInt8], key: [UInt8], signature: [UInt8]
    ) {
        self.bytes = [UInt8](repeating: 0, count: Self.size)
        self.bytes[0] = Self.magic
        self.bytes[1] = scheme.version
        self.imageDigest = imageDigest
        self.replace(scheme.keyRange, with: key)
        self.replace(scheme.signatureRange, with: signature)
        precondition(self.scheme == scheme, "the key is one of another scheme")
        self.resealCRC()
    }

    /// Reads a block, damaged or not.
    /// - Parameter bytes: what a sector has at one of its slots; no more than 1216 are read.
    /// - Returns: nil if there are fewer than 1216 bytes or the first is not ``magic``.
    public init?(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes.prefix(Self.size))
        guard self.bytes.count == Self.size, self.bytes[0] == Self.magic else { return nil }
    }

    /// How it was signed; nil if that is not known here.
    public var scheme: SignatureScheme? { SignatureScheme(block: self.bytes) }

    /// What a block says of its scheme: 2 for RSA, 3 for ECDSA.
    public var version: UInt8 {
        get { self.bytes[1] }
        set { self.bytes[1] = newValue }
    }

    /// The curve of an ECDSA block: 1 for P-192, 2 for P-256. RSA blocks have key bytes here.
    public var curve: UInt8 {
        get { self.bytes[SignatureScheme.curveOffset] }
        set { self.bytes[SignatureScheme.curveOffset] = newValue }
    }

    /// The SHA-256 of all that stands before the signature sector: 32 bytes.
    /// - Precondition: a new value has 32 bytes.
    public var imageDigest: [UInt8] {
        get { Array(self.bytes[Self.digestRange]) }
        set { self.replace(Self.digestRange, with: newValue) }
    }

    /// The public key, as the chip wants it; nil if the scheme is not known.
    ///
    /// RSA, 776 bytes: the modulus n (384), the exponent (4), R = 2^6144 mod n (384) and
    /// M' = -1/n mod 2^32 (4), which spare the chip's multiplier a division. ECDSA, 65 bytes: the
    /// curve (1), then x and y of the point, and zeros up to 64 bytes.
    public var key: [UInt8]? { self.scheme.map { Array(self.bytes[$0.keyRange]) } }

    /// What a chip's eFuses and ESP-IDF know a key by: the SHA-256 of ``key``, 32 bytes.
    public var keyDigest: [UInt8]? { self.key.map { SHA256.digest(of: $0) } }

    /// The signature; nil if the scheme is not known. RSA: 384 bytes. ECDSA: r and s, each as long
    /// as the curve's field, and zeros up to 64 bytes. A new value is ignored if the scheme is not
    /// known.
    /// - Precondition: a new value has the old one's length.
    public var signature: [UInt8]? {
        get { self.scheme.map { Array(self.bytes[$0.signatureRange]) } }
        set {
            guard let scheme, let newValue else { return }
            self.replace(scheme.signatureRange, with: newValue)
        }
    }

    /// The CRC-32 of the 1196 bytes before it, if it is right.
    public var crc: UInt32 {
        get { self.bytes.integer(at: Self.crcOffset) }
        set { self.bytes.set(newValue, at: Self.crcOffset) }
    }

    /// Whether the CRC is that of the bytes before it. Nothing reads a block whose CRC is wrong.
    public var isCRCValid: Bool { self.crc == self.rightCRC }

    /// Makes the CRC right again.
    public mutating func resealCRC() { self.crc = self.rightCRC }

    private var rightCRC: UInt32 { CRC32.of(self.bytes[..<Self.crcOffset]) }

    /// Whether it is a block and no chance bytes, even if one of the two seals is broken: the CRC,
    /// or a known version and the 16 zeros at the end.
    var isPlausible: Bool {
        self.isCRCValid
            || [2, 3].contains(self.version) && self.bytes.suffix(16).allSatisfy { $0 == 0 }
    }

    private mutating func replace(_ range: Range<Int>, with value: [UInt8]) {
        precondition(value.count == range.count, "this field has \(range.count) bytes")
        self.bytes.replaceSubrange(range, with: value)
    }
}
