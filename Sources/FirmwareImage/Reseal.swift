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
    /// `hash_appended` was edited to ask for one or for none. A signature is not made anew.
    /// - Parameters:
    ///   - bytes: a file whose parts stand where this map says.
    ///   - level: which seals.
    /// - Throws: what the bytes throw when they cannot be read.
    public func reseal(_ bytes: inout some EditableImageBytes, _ level: Reseal) throws {
        guard level != .none else { return }
        let checksum = try self.checksum(of: bytes)
        bytes.replace(self.checksum..<self.checksum + 1, with: [checksum])
        guard level == .full else { return }
        let hasDigest = try bytes.bytes(in: 23..<24)[0] != 0
        let place = self.digest ?? self.checksum + 1..<self.checksum + 1
        bytes.replace(place, with: hasDigest ? try self.digest(of: bytes) : [])
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
        var hash = SHA256()
        try bytes.forEachPart(of: 0..<self.checksum + 1) { hash.update($0) }
        return hash.digest()
    }
}
