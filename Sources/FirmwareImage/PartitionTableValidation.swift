extension PartitionTable {
    /// What is wrong with the table: what `gen_esp32part.py` refuses to make, and what the
    /// bootloader and an app of a default build refuse to take.
    /// - Parameters:
    ///   - flashSize: in bytes, if it is known.
    ///   - offset: where the table stands in flash.
    /// - Returns: what is wrong with the table, and then, row by row, with the partitions; nothing
    ///   if the table is valid.
    public func problems(
        flashSize: UInt64? = nil, offset: UInt32 = defaultOffset
    ) -> [PartitionTableProblem] {
        let rows = self.partitions.enumerated().map {
            PartitionTableProblem.Row(number: $0 + 1, partition: $1)
        }
        let overlapped = self.overlaps(of: rows)
        let start = UInt64(offset) + UInt64(Self.sectorSize)
        var problems = self.faults.map(PartitionTableProblem.table)
        for row in rows {
            let faults =
                self.faults(of: row.partition, from: start, flashSize: flashSize)
                + (overlapped[row.number].map { [.overlaps($0)] } ?? [])
                + self.clashes(of: row, among: rows)
            problems += faults.map { .row(row, $0) }
        }
        return problems
    }

    /// Walks the rows behind the partitions, as `esp_partition_table_verify` does.
    private var faults: [PartitionTableProblem.Fault] {
        let count = self.partitions.count
        if count > Self.partitionLimit { return [.tooManyPartitions(count)] }
        var faults: [PartitionTableProblem.Fault] = count == 0 ? [.empty] : []
        var next = 0
        if let digest {
            next = Partition.rowSize
            let expected = self.expectedDigest
            if digest != expected { faults.append(.wrongDigest(expected: expected, found: digest)) }
        }
        let row = count + next / Partition.rowSize
        let isWhole =
            (row + 1) * Partition.rowSize <= Self.size
            && self.rest.count >= next + Partition.rowSize
        let head = isWhole ? Array(self.rest[next..<next + 4]) : []
        // Magic, type and subtype: ESP-IDF looks no further.
        let isEnd = head == [0xFF, 0xFF, 0xFF, 0xFF]
        if !head.isEmpty, !isEnd { faults.append(.strayRow(row + 1, head)) }
        if head.isEmpty { faults.append(.noEnd) }
        if next == 0, head.isEmpty || isEnd { faults.append(.noDigest) }
        return faults
    }

    private func faults(
        of partition: Partition, from start: UInt64, flashSize: UInt64?
    ) -> [PartitionTableProblem.RowFault] {
        let isApp = partition.kind.type == PartitionKind.app
        var faults: [PartitionTableProblem.RowFault] = []
        if !partition.offset.isMultiple(of: partition.kind.alignment) { faults.append(.misaligned) }
        if isApp, !partition.size.isMultiple(of: 0x1000) { faults.append(.appSizeMisaligned) }
        if isApp, partition.size > 16 << 20 { faults.append(.appTooLarge) }
        if partition.offset < start { faults.append(.beforeEndOfTable(start)) }
        if let flashSize, partition.end > flashSize { faults.append(.beyondFlash(size: flashSize)) }
        if partition.kind == .otadata, partition.size != OTAData.size {
            faults.append(.otadataSize)
        }
        if [.otadata, .coredump].contains(partition.kind), partition.flags.contains(.readonly) {
            faults.append(.readonly)
        }
        return faults
    }

    /// What each row that begins inside another begins inside of, by the row's number.
    private func overlaps(
        of rows: [PartitionTableProblem.Row]
    ) -> [Int: PartitionTableProblem.Row] {
        var overlapped: [Int: PartitionTableProblem.Row] = [:]
        var furthest: PartitionTableProblem.Row?
        let inFlash = rows.sorted {
            ($0.partition.offset, $0.number) < ($1.partition.offset, $1.number)
        }
        for row in inFlash {
            if let furthest, row.partition.offset < furthest.partition.end {
                overlapped[row.number] = furthest
            }
            if row.partition.end > furthest?.partition.end ?? 0 { furthest = row }
        }
        return overlapped
    }

    /// What a row may not have in common with one before it.
    private func clashes(
        of row: PartitionTableProblem.Row, among rows: [PartitionTableProblem.Row]
    ) -> [PartitionTableProblem.RowFault] {
        let before = rows.prefix(row.number - 1)
        let namesake = before.first {
            $0.partition.labelBytes.elementsEqual(row.partition.labelBytes)
        }
        let otadata =
            row.partition.kind == .otadata
            ? before.first { $0.partition.kind == .otadata } : nil
        return (namesake.map { [.labelOf($0)] } ?? [])
            + (otadata.map { [.secondOTAData($0)] } ?? [])
    }
}
