/// Up to three signatures of one image, in a flash sector of their own behind it (ESP-IDF, "Secure
/// Boot v2").
///
/// It is a view of its bytes, so that what stands between and behind its blocks survives a change.
public struct SignatureSector: Sendable, Hashable {
    /// In bytes.
    public static let size = 4096
    /// How many blocks there is room for: one behind the other from the sector's beginning.
    public static let slots = 3

    /// The sector as it stands in a file: always 4096 bytes.
    public private(set) var bytes: [UInt8]

    /// A sector without a signature, all 0xFF.
    public init() { self.bytes = [UInt8](repeating: 0xFF, count: Self.size) }

    /// Reads a sector.
    /// - Parameter bytes: what may be one, of whatever content.
    /// - Returns: nil if there are not exactly 4096 bytes, or if no slot holds a signature, be it a
    ///   damaged one.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = Array(bytes)
        guard (0..<Self.slots).contains(where: { self[$0]?.isPlausible ?? false }) else {
            return nil
        }
    }

    /// The block in a slot; nil if its first byte is not a block's. Setting nil makes the slot
    /// 0xFF.
    /// - Parameter slot: 0, 1 or 2.
    public subscript(slot: Int) -> SignatureBlock? {
        get { SignatureBlock(self.bytes[Self.range(slot)]) }
        set {
            let block = newValue?.bytes
            self.bytes.replaceSubrange(
                Self.range(slot),
                with: block ?? [UInt8](repeating: 0xFF, count: SignatureBlock.size))
        }
    }

    /// Puts a block into the first slot that has none.
    /// - Throws: ``SignatureSectorIsFull``.
    public mutating func append(_ block: SignatureBlock) throws(SignatureSectorIsFull) {
        guard let free = (0..<Self.slots).first(where: { self[$0] == nil }) else {
            throw SignatureSectorIsFull()
        }
        self[free] = block
    }

    /// Where a sector stands behind content that ends there: at the next multiple of 4096.
    public static func offset(behind end: Int) -> Int {
        (end + Self.size - 1) / Self.size * Self.size
    }

    /// Where a slot lies in the sector.
    /// - Parameter slot: 0, 1 or 2.
    public static func range(_ slot: Int) -> Range<Int> {
        precondition((0..<Self.slots).contains(slot), "a sector has \(Self.slots) slots")
        return slot * SignatureBlock.size..<(slot + 1) * SignatureBlock.size
    }
}

/// A fourth signature was to be added.
public struct SignatureSectorIsFull: Error, Hashable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public var description: String {
        "The file has \(SignatureSector.slots) signatures already, and there is no room for "
            + "another; sign it anew, which replaces them."
    }
}
