/// The text form of a table: that of ESP-IDF's `gen_esp32part.py`.
extension PartitionTable {
    /// Reads a table from text, one partition a line: `label, type, subtype, offset, size, flags`.
    ///
    /// Lines that are empty or begin with `#` do not count. A number is decimal, hexadecimal
    /// (`0x1000`), or in units of 1024 (`64K`) or 1024² (`1M`). An empty offset means the next place
    /// that suits the type, behind the partition on the line before or behind the table; an empty
    /// subtype of anything but an app means `undefined`.
    /// - Parameters:
    ///   - csv: the whole file.
    ///   - offset: where the table stands in flash.
    /// - Throws: ``PartitionTableError`` with the first line that is not a partition. What the
    ///   partitions say, such as that they overlap, is left to ``problems(flashSize:offset:)``.
    public init(
        csv: String, offset: UInt32 = defaultOffset
    ) throws(PartitionTableError) {
        self.init(try Self.read(csv, offset: offset))
    }

    private static func read(
        _ csv: String, offset: UInt32
    ) throws(PartitionTableError) -> [Partition] {
        var partitions: [Partition] = []
        var free = UInt64(offset) + UInt64(sectorSize)
        // Editors of some systems begin a file with a byte order mark.
        let text = csv.unicodeScalars.drop { $0 == "\u{FEFF}" }
        let lines = Substring(text).split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let content = trimmed(line)
            if content.isEmpty || content.utf8.first == UInt8(ascii: "#") { continue }
            do throws(PartitionTableError.CSVFault) {
                let partition = try Partition(csv: content, behind: free)
                free = partition.end
                partitions.append(partition)
            } catch {
                throw .line(index + 1, error)
            }
        }
        return partitions
    }

    /// The table as text, with names where there are some; read again, it gives the same
    /// ``partitions``.
    /// - Throws: ``PartitionTableError/notExpressible(row:)`` with the first partition that text
    ///   cannot express.
    public func csv() throws(PartitionTableError) -> String {
        var text = "# ESP-IDF Partition Table\n# Name, Type, SubType, Offset, Size, Flags\n"
        for (index, partition) in self.partitions.enumerated() {
            let line = partition.csv
            guard (try? Self.read(line, offset: 0)) == [partition] else {
                throw .notExpressible(row: index + 1)
            }
            text += line + "\n"
        }
        return text
    }
}

extension Partition {
    fileprivate var csv: String {
        let size =
            if self.size.isMultiple(of: 1 << 20) {
                "\(self.size >> 20)M"
            } else if self.size.isMultiple(of: 1 << 10) {
                "\(self.size >> 10)K"
            } else {
                hexadecimal(self.size)
            }
        let flags = PartitionFlags.names.filter { self.flags.contains($0.flag) }.map(\.name)
        return [
            self.label, self.kind.typeName, self.kind.subtypeName, hexadecimal(self.offset), size,
            flags.joined(separator: ":"),
        ].joined(separator: ",")
    }

    /// - Parameter free: where the next partition may begin, if its type lets it.
    fileprivate init(csv line: Substring, behind free: UInt64) throws(PartitionTableError.CSVFault)
    {
        // By bytes, since a comma before a combining character is no comma among characters.
        var fields = line.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { trimmed(Substring($0)) }
        if let extra = fields.dropFirst(6).first(where: { !$0.isEmpty }) {
            throw .extraField(String(extra))
        }
        fields += [Substring](repeating: "", count: max(0, 6 - fields.count))
        let kind = try partitionKind(fields[1], fields[2])
        let offset = try partitionOffset(fields[3], for: kind, behind: free)
        if fields[4].isEmpty { throw .empty(.size) }
        let size = try integer(fields[4], of: .size, limit: .max)
        let flags = try partitionFlags(fields[5])
        do throws(PartitionTableError) {
            self = try Partition(
                label: String(fields[0]), kind: kind, offset: offset, size: size, flags: flags)
        } catch {
            throw .label(error)
        }
    }
}

private func partitionKind(
    _ type: Substring, _ subtype: Substring
) throws(PartitionTableError.CSVFault) -> PartitionKind {
    if type.isEmpty { throw .empty(.type) }
    let type = try number(type, of: .type, names: PartitionKind.typeNames)
    if subtype.isEmpty {
        guard type != PartitionKind.app else { throw .empty(.subtype) }
        return PartitionKind(type: type, subtype: PartitionKind.undefined.subtype)
    }
    let names = PartitionKind.subtypeNames(of: type)
    return PartitionKind(type: type, subtype: try number(subtype, of: .subtype, names: names))
}

private func partitionOffset(
    _ text: Substring, for kind: PartitionKind, behind free: UInt64
) throws(PartitionTableError.CSVFault) -> UInt32 {
    guard text.isEmpty else { return try integer(text, of: .offset, limit: .max) }
    let step = UInt64(kind.alignment)
    guard let offset = UInt32(exactly: (free + step - 1) / step * step) else { throw .noRoom }
    return offset
}

private func partitionFlags(
    _ text: Substring
) throws(PartitionTableError.CSVFault) -> PartitionFlags {
    var flags: PartitionFlags = []
    for name in text.utf8.split(separator: UInt8(ascii: ":")).map({ String(Substring($0)) }) {
        guard let flag = PartitionFlags.names.first(where: { $0.name == name }) else {
            throw .unknown(.flags, name, names: PartitionFlags.names.map(\.name))
        }
        flags.insert(flag.flag)
    }
    return flags
}

/// A byte by its name, in whatever case, or as a number.
private func number(
    _ text: Substring, of field: PartitionTableError.Field, names: [(name: String, value: UInt8)]
) throws(PartitionTableError.CSVFault) -> UInt8 {
    let name = text.lowercased()
    if let known = names.first(where: { $0.name == name }) { return known.value }
    let value = try integer(text, of: field, limit: UInt32(UInt8.max), names: names.map(\.name))
    return UInt8(truncatingIfNeeded: value)
}

private func integer(
    _ text: Substring, of field: PartitionTableError.Field, limit: UInt32, names: [String] = []
) throws(PartitionTableError.CSVFault) -> UInt32 {
    guard let value = magnitude(text) else {
        throw .unknown(field, String(text), names: names)
    }
    guard let integer = UInt32(exactly: value), integer <= limit else {
        throw .tooLarge(field, String(text), limit: limit)
    }
    return integer
}

/// The number that a text means; the largest if it is larger than that.
private func magnitude(_ text: Substring) -> UInt64? {
    var digits = text.lowercased()[...]
    let unit: UInt64 =
        switch digits.last {
        case "k": 1 << 10
        case "m": 1 << 20
        default: 1
        }
    if unit > 1 { digits.removeLast() }
    let radix = digits.hasPrefix("0x") ? 16 : 10
    if radix == 16 { digits.removeFirst(2) }
    // A leading zero would make the number octal in other languages, so it is none here.
    guard !digits.isEmpty, digits.utf8.allSatisfy({ isDigit($0, radix: radix) }),
        radix == 16 || digits.first != "0" || digits.utf8.count == 1
    else { return nil }
    let (value, overflow) = (UInt64(digits, radix: radix) ?? .max).multipliedReportingOverflow(
        by: unit)
    return overflow ? .max : value
}

private func isDigit(_ byte: UInt8, radix: Int) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "a")...UInt8(ascii: "f"): radix == 16
    default: false
    }
}

/// Without space on either side.
private func trimmed(_ text: Substring) -> Substring {
    var scalars = text.unicodeScalars
    while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    return Substring(scalars)
}
