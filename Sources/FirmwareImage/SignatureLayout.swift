/// Where a file's content ends and its signatures begin.
///
/// A signed file is its content, 0xFF up to a multiple of 4096, and a ``SignatureSector``; the
/// signatures cover all before the sector. That is so of apps, bootloaders and partition tables
/// alike, so nothing here looks into the content.
///
/// A file is signed by adding bytes to it, and its signatures are taken off by cutting it to
/// ``contentSize``; so nothing here needs the content in memory, but for its SHA-256.
public struct SignatureLayout: Sendable, Hashable {
    /// How many of the file's bytes stand before its signature sector: all, if it has none. In a
    /// signed file these include the 0xFF between, which are signed with the rest.
    public let contentSize: Int
    /// The file's signatures; nil if it has none.
    public let sector: SignatureSector?

    /// - Parameters:
    ///   - size: of the file, in bytes.
    ///   - end: the file's last bytes, 4096 or more if it has as many.
    public init(size: Int, end: some BidirectionalCollection<UInt8>) {
        let isAligned = size.isMultiple(of: SignatureSector.size)
        self.sector = isAligned ? SignatureSector(end.suffix(SignatureSector.size)) : nil
        self.contentSize = self.sector == nil ? size : size - SignatureSector.size
    }

    /// The layout of a file that is in memory.
    public init(of file: [UInt8]) { self.init(size: file.count, end: file) }

    /// Where the signature sector begins, or would: ``contentSize`` rounded up to 4096.
    public var sectorOffset: Int { SignatureSector.offset(behind: self.contentSize) }

    /// What stands between the content and the sector: under 4096 bytes of 0xFF, as espsecure has
    /// it.
    public var padding: [UInt8] {
        [UInt8](repeating: 0xFF, count: self.sectorOffset - self.contentSize)
    }

    /// What is signed: the SHA-256 of the content and the padding.
    /// - Parameter content: a hash that was fed the file's first ``contentSize`` bytes.
    public func digest(after content: SHA256) -> [UInt8] {
        var hash = content
        hash.update(self.padding)
        return hash.digest()
    }

    /// What is signed: the SHA-256 of the content and the padding.
    /// - Parameter file: the file of this layout.
    public func digest(of file: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        file.withUnsafeBytes { hash.update(.init(rebasing: $0.prefix(self.contentSize))) }
        return self.digest(after: hash)
    }

    /// What must follow the file's first ``contentSize`` bytes so that it is signed.
    /// - Parameters:
    ///   - digest: what ``digest(of:)`` gives.
    ///   - signer: who makes the new block.
    ///   - keepsOthers: whether the signatures that the file has stay, and the new one comes behind
    ///     them. If not, it replaces them.
    /// - Throws: ``SignatureSectorIsFull``, and what the signer throws.
    public func tail(
        signing digest: [UInt8], with signer: some Signer, keepsOthers: Bool = false
    ) throws -> [UInt8] {
        var sector = keepsOthers ? self.sector ?? SignatureSector() : SignatureSector()
        try sector.append(signer.sign(digest: digest))
        return self.padding + sector.bytes
    }
}
