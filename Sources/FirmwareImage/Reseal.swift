/// How much of an edited image is made right again.
///
/// Most edits of a header die at the digest if it is not, and most edits of data at the checksum: so this
/// decides which of a device's checks an edit reaches.
public enum Reseal: String, CaseIterable, Sendable, Hashable {
    /// The image stays as it was edited.
    case none
    /// The checksum byte is right; the digest is not.
    case checksum
    /// Checksum and digest are right.
    case full
}

extension AppImageMap {
    /// Makes the seals of an edited image right again.
    ///
    /// The image is read in parts, once for the checksum and once for the digest. At ``Reseal/full`` a digest is put in or taken out if
    /// `hash_appended` was edited to ask for one or for none; a signature then stays at a multiple of
    /// 4096. It is not made anew: ``signAgain(_:by:)`` does that.
    /// - Parameters:
    ///   - bytes: a file whose parts stand where this map says.
    ///   - level: which seals.
    /// - Returns: where the parts stand now.
    /// - Throws: what the bytes throw when they cannot be read.
    @discardableResult
    public func reseal(
        _ bytes: inout some EditableImageBytes, _ level: Reseal
    ) throws -> AppImageMap {
        guard level != .none else { return self }
        let checksum = try self.checksum(of: bytes)
        bytes.replace(self.checksum..<self.checksum + 1, with: [checksum])
        return level == .full ? try self.resealDigest(&bytes) : self
    }

    /// Makes the digest alone right, puts it in, or takes it out, as `hash_appended` asks. What it covers
    /// stays as it is, a wrong checksum too.
    /// - Parameter bytes: a file whose parts stand where this map says.
    /// - Returns: where the parts stand now.
    /// - Throws: what the bytes throw when they cannot be read.
    @discardableResult
    public func resealDigest(_ bytes: inout some EditableImageBytes) throws -> AppImageMap {
        let hasDigest = try bytes.bytes(in: 23..<24)[0] != 0
        let place = self.digest ?? self.checksum + 1..<self.checksum + 1
        bytes.replace(place, with: hasDigest ? try self.digest(of: bytes) : [])
        guard hasDigest != (self.digest != nil) else { return self }
        return self.moved(hasDigest: hasDigest, in: &bytes)
    }

    /// Keeps the signature sector at a multiple of 4096 when a digest came or went before it.
    private func moved(hasDigest: Bool, in bytes: inout some EditableImageBytes) -> AppImageMap {
        let shift = bytes.count - self.count
        let end = self.end + shift
        var signature = self.signature
        if let before = self.signature {
            let start = SignatureSector.offset(behind: end)
            bytes.replace(
                end..<before.lowerBound + shift, with: [UInt8](repeating: 0xFF, count: start - end))
            signature = start..<start + SignatureSector.size
        }
        return AppImageMap(
            header: self.header, segments: self.segments, checksum: self.checksum,
            digest: hasDigest ? self.checksum + 1..<end : nil, signature: signature,
            count: bytes.count)
    }

    /// Signs a signed image anew, with one signature; leaves an image without a signature sector alone.
    /// - Parameters:
    ///   - bytes: a file whose parts stand where this map says.
    ///   - signer: is handed the SHA-256 of all before the signature sector, 32 bytes, and the first block
    ///     that the sector has, if there is one.
    /// - Throws: what the signer throws, and what the bytes throw when they cannot be read.
    public func signAgain(
        _ bytes: inout some EditableImageBytes,
        by signer: ([UInt8], SignatureBlock?) throws -> SignatureBlock
    ) throws {
        guard let signature = self.signature else { return }
        let before = SignatureSector(try bytes.bytes(in: signature))
        let old = (0..<SignatureSector.slots).lazy.compactMap { before?[$0] }.first
        var sector = SignatureSector()
        try sector.append(try signer(self.digest(of: bytes, to: signature.lowerBound), old))
        bytes.replace(signature, with: sector.bytes)
    }

    /// What the signatures of a signed image are over: the SHA-256 of all before their sector; nil without
    /// one.
    /// - Throws: what the bytes throw when they cannot be read.
    public func signedDigest(of bytes: some ImageBytes) throws -> [UInt8]? {
        try self.signature.map { try self.digest(of: bytes, to: $0.lowerBound) }
    }

    /// The checksum that the segments of a file must have, whose parts stand where this map says.
    /// - Throws: what the bytes throw when they cannot be read.
    public func checksum(of bytes: some ImageBytes) throws -> UInt8 {
        var checksum = Checksum()
        for segment in self.segments {
            try bytes.forEachPart(of: segment.data) { checksum.add($0) }
        }
        return checksum.value
    }

    /// The SHA-256 of all from the file's beginning to the checksum byte.
    /// - Throws: what the bytes throw when they cannot be read.
    public func digest(of bytes: some ImageBytes) throws -> [UInt8] {
        try self.digest(of: bytes, to: self.checksum + 1)
    }

    private func digest(of bytes: some ImageBytes, to end: Int) throws -> [UInt8] {
        var hash = SHA256()
        try bytes.forEachPart(of: 0..<end) { hash.update($0) }
        return hash.digest()
    }
}
