import FirmwareImage
import Testing

/// What ESP-IDF's own `gen_esp32part.py` makes of our tables.
struct PartitionToolTests {
    @Test(.needsPartitionTool, .timeLimit(.minutes(5)))
    func makesTheSameTablesOfTheSameText() throws {
        var numbers = Numbers(seed: 31)
        let texts = ["", "# nothing"] + (0..<1000).map { _ in Self.text(&numbers) }
        let ours = texts.map { text -> String in
            guard let table = try? PartitionTable(csv: text) else { return "unreadable" }
            let problems = table.problems().filter { $0 != .table(.empty) }
            return problems.isEmpty ? table.bytes.hex : "invalid"
        }
        let theirs = try Outside.python(
            """
            from esp_idf_defs.partitions import PartitionTable, InputError
            for text in open('texts', newline='').read().split(';'):
                table = None
                try:
                    table = PartitionTable.from_csv(text)
                    table.verify(0x8000)
                    print(table.to_binary().hex())
                except InputError as error:
                    print('invalid' if table or 'Partitions overlap' in str(error) else 'unreadable')
            """, files: ["texts": Array(texts.joined(separator: ";").utf8)],
            interpreter: Outside.partitionTool)
        try #require(theirs.count == ours.count)
        for (text, (ours, theirs)) in zip(texts, zip(ours, theirs)) {
            #expect(ours == theirs, "\(text)")
        }
        for outcome in ["unreadable", "invalid"] {
            #expect(ours.filter { $0 == outcome }.count > 100, "\(outcome) is tried too seldom")
        }
        #expect(Set(ours).count > 300)
    }

    @Test(.needsPartitionTool, .timeLimit(.minutes(5)))
    func writesTheSameTextOfTheSameTable() throws {
        var numbers = Numbers(seed: 32)
        let tables =
            [.twoOTA]
            + (0..<300).compactMap { _ in try? PartitionTable(csv: Self.text(&numbers)) }
        try #require(tables.count > 100)
        let theirs = try Outside.python(
            """
            from esp_idf_defs.partitions import PartitionTable
            for line in open('tables'):
                print(PartitionTable.from_binary(bytes.fromhex(line)).to_csv().encode().hex())
            """, files: ["tables": Array(tables.map { $0.bytes.hex + "\n" }.joined().utf8)],
            interpreter: Outside.partitionTool)
        #expect(try theirs == tables.map { Array(try $0.csv().utf8).hex })
    }

    @Test(.needsPartitionTool, .timeLimit(.minutes(5)))
    func takesAsManyPartitionsAsWeDo() throws {
        let theirs = try Outside.python(
            """
            from esp_idf_defs.partitions import PartitionTable, InputError
            for count in (94, 95):
                text = '\\n'.join(f'p{i},data,nvs,,0x3000' for i in range(count))
                try:
                    print(len(PartitionTable.from_csv(text).to_binary()))
                except InputError:
                    print('too long')
            """, interpreter: Outside.partitionTool)
        #expect(theirs == ["3072", "too long"])
        #expect(PartitionTable.partitionLimit == 94)
    }

    /// A table of up to eight lines that are mostly right.
    private static func text(_ numbers: inout Numbers) -> String {
        var end: UInt32 = 0x9000
        let lines = (0..<Int.random(in: 1...8, using: &numbers)).map { row in
            let kind = pick(
                [
                    "data,nvs", "data,ota", "1,0x02", "app,factory", "app,ota_0", "APP,OTA_1",
                    "data,", "data,spiffs", "0,0x11", "0x40,7", "data,coredump", "data,littlefs",
                    "0,32", "data,EFUSE", "data,0x99",
                ], or: ["app,", "dat,nvs", "data,ota_0", ",nvs", "1,0x02z", "0x41,nvs"], &numbers)
            let isApp = kind.lowercased().hasPrefix("app") || kind.hasPrefix("0,")
            let step: UInt32 = isApp ? 0x10000 : 0x1000
            let start = (end + step - 1) / step * step
            let size: UInt32 = pick(
                [0x3000, 0x4000, 0x10000, 0x100000, 0x23000], or: [0x3800], &numbers)
            let offset = pick(
                [nil, nil, start, start + 0x10000, start + 0x30000] as [UInt32?],
                or: [start + 0x800, start + 0x1000, end - 0x1000], &numbers)
            end = (offset ?? start) + size
            let label = pick(
                ["part\(row)", "p \(row)", "größe\(row)", "\(row)"], or: ["same"], &numbers)
            let sizes = [
                "\(size)", "0x\(String(size, radix: 16))",
                " 0x\(String(size, radix: 16, uppercase: true)) ",
                "\(size >> 10)\(size & 0x3FF == 0 ? "K" : "")",
            ]
            let flags = pick(
                ["", "", ",", ",encrypted"], or: [",readonly", ",readonly:encrypted", ",x"],
                &numbers)
            let place = offset.map {
                pick(["\($0)", "0x\(String($0, radix: 16))"], or: ["0x9g"], &numbers)
            }
            return "\(label),\(kind), \(place ?? "") ,\(pick(sizes, or: [""], &numbers))\(flags)"
        }
        return lines.joined(
            separator: pick(["\n", "\r\n", "\n\n", "\n# note\n"], or: ["\r"], &numbers))
    }

    /// One of the usual, or seldom one of the others.
    private static func pick<Value>(
        _ usual: [Value], or others: [Value], _ numbers: inout Numbers
    ) -> Value {
        let from = Int.random(in: 0..<40, using: &numbers) == 0 ? others : usual
        return from[Int.random(in: from.indices, using: &numbers)]
    }
}
