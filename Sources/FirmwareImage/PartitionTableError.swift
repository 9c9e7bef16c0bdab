/// Why a partition or a table cannot be made or written.
public enum PartitionTableError: Error, Hashable, CustomStringConvertible {
    /// A label has so many bytes, more than its field holds.
    case labelTooLong(String, count: Int)
    /// A label holds a zero byte, which would end it early.
    case labelHoldsZero
    /// A line of a CSV file, counted from 1, is not a partition.
    case line(Int, CSVFault)
    /// CSV cannot express a partition, counted from 1: its label has a comma, a line break, or space
    /// around it, is not UTF-8, or looks like a comment; or it has flags without a name.
    case notExpressible(row: Int)

    /// What is wrong with a line.
    public indirect enum CSVFault: Error, Hashable, Sendable {
        /// A field that must not be empty is.
        case empty(Field)
        /// A field is neither a number nor one of these names.
        case unknown(Field, String, names: [String])
        /// A number is larger than this.
        case tooLarge(Field, String, limit: UInt32)
        /// Something stands behind the flags.
        case extraField(String)
        /// The label is no label.
        case label(PartitionTableError)
        /// There is no offset, and no room behind the partition before it.
        case noRoom
    }

    /// A field of a line.
    public enum Field: String, Sendable {
        /// What the partition is for.
        case type
        /// What exactly it is for.
        case subtype
        /// Where it begins.
        case offset
        /// How many bytes it has.
        case size
        /// What else is said of it.
        case flags
    }

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .labelTooLong(let label, let count):
            "A partition's label has at most \(Partition.labelLimit) bytes, and “\(label)” has "
                + "\(count); shorten it."
        case .labelHoldsZero:
            "A partition's label cannot hold a zero byte; leave it out."
        case .line(let line, let fault):
            "Line \(line): \(fault.sentence)"
        case .notExpressible(let row):
            "Row \(row) cannot be written as CSV: its label has a comma, a line break, or space "
                + "around it, is not UTF-8, or looks like a comment, or it has flags without a "
                + "name. Change it, or keep the table in its binary form."
        }
    }
}

extension PartitionTableError.CSVFault {
    var sentence: String {
        switch self {
        case .empty(.subtype): "an app needs a subtype; write factory, test, or ota_0 to ota_15."
        case .empty(let field): "the \(field.rawValue) is empty; fill it in."
        case .unknown(let field, let text, let names):
            switch (field, names.isEmpty) {
            case (.flags, _):
                "“\(text)” is no flag; write \(names.joined(separator: " or ")), or both with a "
                    + "colon between."
            case (_, true):
                "the \(field.rawValue) “\(text)” is no number; write it like 4096, 0x1000, 4K, or 1M."
            case (_, false):
                "the \(field.rawValue) “\(text)” is neither a number nor one of "
                    + "\(names.joined(separator: ", "))."
            }
        case .tooLarge(let field, let text, let limit):
            "the \(field.rawValue) “\(text)” is too large; \(limit) is the most."
        case .extraField(let text):
            "“\(text)” stands behind the flags, the last field; remove it."
        case .label(let error): error.description
        case .noRoom:
            "the partition before this one ends beyond 4 GiB, so there is no place for this one; "
                + "give it an offset."
        }
    }
}
