/// A partition table, which tells what lies where in flash
/// (ESP-IDF, "Partition Tables", and `bootloader_support/src/flash_partitions.c`).
///
/// In flash: a row of 32 bytes for each partition, a row with the MD5 of those, and a row of 0xFF.
/// Any bytes can be read as a table and come back the same; ``problems(flashSize:offset:)`` tells
/// what is wrong with it.
public struct PartitionTable: Sendable, Hashable {
    /// How many bytes ESP-IDF reads.
    public static let size = 0xC00
    /// How much flash is set aside for a table.
    public static let sectorSize: UInt32 = 0x1000
    /// Where the table stands in flash unless a project says otherwise
    /// (`CONFIG_PARTITION_TABLE_OFFSET`).
    public static let defaultOffset: UInt32 = 0x8000
    /// The most partitions: beside them, the MD5 and the end take a row each.
    public static let partitionLimit = size / Partition.rowSize - 2

    /// In the table's order. A change leaves ``rest`` as it was until ``reseal()``.
    public var partitions: [Partition]
    /// All that follows the partitions: the row with the MD5, the end, and the filling.
    public private(set) var rest: [UInt8]

    /// A sealed table of these partitions, which are not checked.
    public init(_ partitions: [Partition]) {
        self.partitions = partitions
        self.rest = []
        self.reseal()
    }

    /// ESP-IDF's own "Factory app, two OTA definitions", for a flash of 4 MiB
    /// (`partitions_two_ota.csv`).
    public static let twoOTA = PartitionTable([
        Partition(cutting: "nvs", kind: .nvs, offset: 0x9000, size: 0x4000),
        Partition(cutting: "otadata", kind: .otadata, offset: 0xD000, size: 0x2000),
        Partition(cutting: "phy_init", kind: .phy, offset: 0xF000, size: 0x1000),
        Partition(cutting: "factory", kind: .factory, offset: 0x10000, size: 0x100000),
        Partition(cutting: "ota_0", kind: .ota(0), offset: 0x110000, size: 0x100000),
        Partition(cutting: "ota_1", kind: .ota(1), offset: 0x210000, size: 0x100000),
    ])

    /// Reads a table, whether or not it is sound.
    /// - Parameter bytes: as many as there are. What comes first and looks like a partition is one,
    ///   among the first 0xC00; all else becomes the ``rest``.
    public init(reading bytes: [UInt8]) {
        self.partitions = []
        let last = min(bytes.count, Self.size) - Partition.rowSize
        for place in stride(from: 0, through: last, by: Partition.rowSize) {
            guard let partition = Partition(bytes[place...]) else { break }
            self.partitions.append(partition)
        }
        self.rest = Array(bytes[(self.partitions.count * Partition.rowSize)...])
    }

    /// The table as it stands in flash; 0xC00 bytes if it is sealed and not too long.
    public var bytes: [UInt8] { self.rows + self.rest }

    private var rows: [UInt8] { self.partitions.flatMap(\.bytes) }

    /// The first 16 bytes of the row that has the MD5 in its other 16.
    static let digestHead: [UInt8] = [0xEB, 0xEB] + [UInt8](repeating: 0xFF, count: 14)

    /// The MD5 that the table should have: of its partitions' rows.
    public var expectedDigest: [UInt8] { MD5.digest(of: self.rows) }

    /// The MD5 that the table has, if one follows the partitions at once.
    public var digest: [UInt8]? {
        guard self.rest.count >= Partition.rowSize,
            self.rest.starts(with: Self.digestHead.prefix(2))
        else { return nil }
        return Array(self.rest[16..<32])
    }

    /// Makes the ``rest`` new: the MD5, and 0xFF up to 0xC00 bytes.
    ///
    /// If there are more partitions than ``partitionLimit``, the end is missing or the table is too
    /// long.
    public mutating func reseal() {
        let rows = self.rows
        self.rest = Self.digestHead + MD5.digest(of: rows)
        let filling = max(0, Self.size - rows.count - self.rest.count)
        self.rest += [UInt8](repeating: 0xFF, count: filling)
    }
}

extension PartitionTable {
    /// The first partition of a kind, which is the one that ESP-IDF takes.
    public func first(_ kind: PartitionKind) -> Partition? {
        self.partitions.first { $0.kind == kind }
    }

    /// The first partition with a label.
    public func first(labelled label: String) -> Partition? {
        self.partitions.first { $0.labelBytes.elementsEqual(label.utf8) }
    }

    /// The partition that chooses what boots.
    public var otadata: Partition? { self.first(.otadata) }

    /// The factory app.
    public var factory: Partition? { self.first(.factory) }

    /// The OTA slots as an app counts them: from `ota_0` up to the first that is missing. (The
    /// bootloader counts rows instead; the two differ in a table with gaps or duplicates.)
    public var otaSlots: [Partition] {
        let slots = PartitionKind.otaSlots.lazy.map { self.first(.ota($0)) }
        return slots.prefix { $0 != nil }.compactMap { $0 }
    }
}
