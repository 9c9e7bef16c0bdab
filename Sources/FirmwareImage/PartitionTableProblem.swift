/// Something wrong with a partition table that can be read all the same.
public enum PartitionTableProblem: Sendable, Hashable, CustomStringConvertible {
    /// With the table as a whole.
    case table(Fault)
    /// With one row.
    case row(Row, RowFault)

    /// A partition and where its row stands.
    public struct Row: Sendable, Hashable, CustomStringConvertible {
        /// Counted from 1.
        public let number: Int
        /// What the row says.
        public let partition: Partition

        /// The row by its number and its label.
        public var description: String { "row \(self.number), “\(self.partition.label)”" }
    }

    /// What may be wrong with a table.
    public enum Fault: Sendable, Hashable {
        /// There are no partitions.
        case empty
        /// There are so many partitions, more than ``PartitionTable/partitionLimit``.
        case tooManyPartitions(Int)
        /// A row, counted from 1, begins with these four bytes, which mean nothing where it stands.
        case strayRow(Int, [UInt8])
        /// No row has the MD5.
        case noDigest
        /// The MD5 is not that of the partitions.
        case wrongDigest(expected: [UInt8], found: [UInt8])
        /// No row of 0xFF ends the table.
        case noEnd
    }

    /// What may be wrong with a row.
    public enum RowFault: Sendable, Hashable {
        /// It does not begin at a multiple of its kind's ``PartitionKind/alignment``.
        case misaligned
        /// It is an app, and its size is not a multiple of 4 KiB, the least that can be erased.
        case appSizeMisaligned
        /// It is an app of more than 16 MiB, and ESP-IDF reads no image from it.
        case appTooLarge
        /// It begins before this place, where the flash behind the table begins.
        case beforeEndOfTable(UInt64)
        /// It ends beyond the flash, which has so many bytes.
        case beyondFlash(size: UInt64)
        /// It begins inside another.
        case overlaps(Row)
        /// It has the label of another.
        case labelOf(Row)
        /// It is an otadata partition, and there is one already.
        case secondOTAData(Row)
        /// It is an otadata partition, and does not have ``OTAData/size`` bytes.
        case otadataSize
        /// It is read-only, and ESP-IDF must write to it.
        case readonly
    }

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .table(let fault): fault.sentence
        case .row(let row, let fault): "R\("\(row)".dropFirst()): \(fault.sentence(row.partition))"
        }
    }
}

extension PartitionTableProblem.Fault {
    fileprivate var sentence: String {
        switch self {
        case .empty: "The table has no partitions; add an app at least."
        case .tooManyPartitions(let count):
            "The table has \(count) partitions, and \(PartitionTable.partitionLimit) fit; remove "
                + "some."
        case .strayRow(let row, let bytes):
            "Row \(row) begins with \(bytes.hexadecimalDigits), which means nothing there; correct or remove "
                + "it."
        case .noDigest: "The table has no MD5; seal it again."
        case .wrongDigest(let expected, let found):
            "The table's MD5 is \(found.hexadecimalDigits), and that of its partitions is "
                + "\(expected.hexadecimalDigits); restore them, or seal the table again."
        case .noEnd: "No row of 0xFF ends the table; seal it again."
        }
    }
}

extension PartitionTableProblem.RowFault {
    fileprivate func sentence(_ partition: Partition) -> String {
        let (offset, end) = (hexadecimal(partition.offset), hexadecimal(partition.end))
        let size = hexadecimal(partition.size)
        return switch self {
        case .misaligned:
            "it begins at \(offset); move it to a multiple of "
                + "\(hexadecimal(partition.kind.alignment))."
        case .appSizeMisaligned: "an app of \(size) bytes; make it a multiple of 0x1000."
        case .appTooLarge: "an app of \(size) bytes; make it 16M at most."
        case .beforeEndOfTable(let place):
            "it begins at \(offset); move it behind the table, to \(hexadecimal(place)) at least."
        case .beyondFlash(let limit):
            "it ends at \(end), and the flash at \(hexadecimal(limit)); move it, make it smaller, "
                + "or take a larger flash."
        case .overlaps(let other):
            "it begins at \(offset), inside \(other), which ends at "
                + "\(hexadecimal(other.partition.end)); move one of them."
        case .labelOf(let other): "\(other), has the same label; rename one of them."
        case .secondOTAData(let first):
            "a second otadata partition beside \(first); remove one of them."
        case .otadataSize: "an otadata partition of \(size) bytes; make it 0x2000."
        case .readonly: "ESP-IDF must write to it; take its flag readonly away."
        }
    }
}
