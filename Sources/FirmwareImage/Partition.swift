/// A row of a partition table: `esp_partition_info_t` in ESP-IDF's `esp_flash_partitions.h`.
///
/// It is a view of its bytes, so that what it has no name for survives a change.
public struct Partition: Sendable, Hashable {
    /// In bytes.
    public static let rowSize = 32
    /// The first two bytes of every row.
    public static let magic: [UInt8] = [0xAA, 0x50]
    /// The most bytes of UTF-8 that a label may have. Of 16, ESP-IDF's documents promise 15 only,
    /// but its tools and its code take them all.
    public static let labelLimit = 16

    private static let labelRange = 12..<28

    /// The row as it stands in flash: always 32 bytes.
    public private(set) var bytes: [UInt8]

    /// A row.
    /// - Parameters:
    ///   - label: unique in its table.
    ///   - kind: its type and subtype.
    ///   - offset: where it begins in flash.
    ///   - size: in bytes.
    ///   - flags: none by default.
    /// - Throws: ``PartitionTableError`` if the label is longer than ``labelLimit`` or holds a zero
    ///   byte.
    public init(
        label: String, kind: PartitionKind, offset: UInt32, size: UInt32,
        flags: PartitionFlags = []
    ) throws(PartitionTableError) {
        self.init(cutting: label, kind: kind, offset: offset, size: size, flags: flags)
        try self.setLabel(label)
    }

    /// A row whose label is cut if it is too long.
    init(
        cutting label: String, kind: PartitionKind, offset: UInt32, size: UInt32,
        flags: PartitionFlags = []
    ) {
        self.bytes = [UInt8](repeating: 0, count: Self.rowSize)
        self.bytes.replaceSubrange(0..<2, with: Self.magic)
        let utf8 = Array(label.utf8.prefix(Self.labelLimit))
        self.bytes.replaceSubrange(12..<12 + utf8.count, with: utf8)
        self.kind = kind
        self.offset = offset
        self.size = size
        self.flags = flags
    }

    /// Reads a row, whether or not it is sound.
    /// - Parameter bytes: no more than 32 of them are read.
    /// - Returns: nil if there are fewer, or the first two are not ``magic``.
    public init?(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes.prefix(Self.rowSize))
        guard self.bytes.count == Self.rowSize, self.bytes.starts(with: Self.magic) else {
            return nil
        }
    }

    /// Type and subtype.
    public var kind: PartitionKind {
        get { PartitionKind(type: self.bytes[2], subtype: self.bytes[3]) }
        set {
            self.bytes[2] = newValue.type
            self.bytes[3] = newValue.subtype
        }
    }

    /// Where the partition begins in flash.
    public var offset: UInt32 {
        get { self.bytes.integer(at: 4) }
        set { self.bytes.set(newValue, at: 4) }
    }

    /// In bytes.
    public var size: UInt32 {
        get { self.bytes.integer(at: 8) }
        set { self.bytes.set(newValue, at: 8) }
    }

    /// The place behind the partition, which may lie beyond what 32 bits reach.
    public var end: UInt64 { UInt64(self.offset) + UInt64(self.size) }

    /// The name up to its zero byte, or all 16 bytes if there is none. What is not UTF-8 is
    /// replaced.
    public var label: String { String(decoding: self.labelBytes, as: UTF8.self) }

    /// The label's bytes, without the zeros behind it.
    var labelBytes: ArraySlice<UInt8> { self.bytes[Self.labelRange].prefix { $0 != 0 } }

    /// Writes a label and zeros behind it.
    /// - Throws: ``PartitionTableError`` if it is longer than ``labelLimit`` or holds a zero byte.
    public mutating func setLabel(_ label: String) throws(PartitionTableError) {
        let utf8 = Array(label.utf8)
        guard utf8.count <= Self.labelLimit else {
            throw .labelTooLong(label, count: utf8.count)
        }
        guard !utf8.contains(0) else { throw .labelHoldsZero }
        let zeros = [UInt8](repeating: 0, count: Self.labelLimit - utf8.count)
        self.bytes.replaceSubrange(Self.labelRange, with: utf8 + zeros)
    }

    /// What ESP-IDF has no flag for is kept.
    public var flags: PartitionFlags {
        get { PartitionFlags(rawValue: self.bytes.integer(at: 28)) }
        set { self.bytes.set(newValue.rawValue, at: 28) }
    }
}

/// The flags of a row.
public struct PartitionFlags: OptionSet, Sendable, Hashable {
    /// As they stand in the row.
    public let rawValue: UInt32

    /// Any flags, also such as ESP-IDF has no name for.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Encrypted where flash encryption is on.
    public static let encrypted = PartitionFlags(rawValue: 1)
    /// Never written to by ESP-IDF.
    public static let readonly = PartitionFlags(rawValue: 2)

    /// The names of a CSV file, in the order of their bits.
    static let names: [(name: String, flag: PartitionFlags)] = [
        ("encrypted", .encrypted), ("readonly", .readonly),
    ]
}
