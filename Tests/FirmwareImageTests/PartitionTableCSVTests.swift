import FirmwareImage
import Testing

struct PartitionTableCSVTests {
    private static let twoOTA = """
        # ESP-IDF Partition Table
        # Name, Type, SubType, Offset, Size, Flags
        nvs,data,nvs,0x9000,16K,
        otadata,data,ota,0xd000,8K,
        phy_init,data,phy,0xf000,4K,
        factory,app,factory,0x10000,1M,
        ota_0,app,ota_0,0x110000,1M,
        ota_1,app,ota_1,0x210000,1M,

        """

    @Test func isWrittenAsTheFormatSays() throws {
        #expect(try PartitionTable.twoOTA.csv() == Self.twoOTA)
        let odd = PartitionTable([
            try Partition(
                label: "odd one", kind: PartitionKind(type: 0x40, subtype: 6), offset: 0x9000,
                size: 0x1234, flags: [.encrypted, .readonly])
        ])
        #expect(try odd.csv().hasSuffix("\nodd one,64,6,0x9000,0x1234,encrypted:readonly\n"))
    }

    @Test func leavesOffsetsToTheTable() throws {
        let table = try PartitionTable(
            csv: """
                # A comment, then an empty line

                  nvs , data, nvs, , 0x4000
                otadata,DATA,Ota,,8k,
                phy_init,1,0x01,,0x1000,,
                \tfactory,app,0,,1m
                \t# another
                ota_0,0,ota_0,,1024K
                ota_1,app,17,,1048576,
                """)
        #expect(table == .twoOTA)
    }

    @Test func startsBehindTheTable() throws {
        let text = "a,data,,,0x800\nb,data,fat,,0x1000\nc,app,test,,0x1000,encrypted"
        let table = try PartitionTable(csv: text, offset: 0x10000)
        #expect(table.partitions.map(\.offset) == [0x11000, 0x12000, 0x20000])
        #expect(
            table.partitions.map(\.kind) == [
                .undefined, PartitionKind(type: 1, subtype: 0x81), .test,
            ])
        #expect(table.partitions[2].flags == .encrypted)
        #expect(table.problems(offset: 0x10000) == [])
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func takesAnyLineEnd(end: String) throws {
        let text = "\u{FEFF}" + Self.twoOTA.split(separator: "\n").joined(separator: end)
        #expect(try PartitionTable(csv: text) == .twoOTA)
    }

    @Test func leavesWhatPartitionsSayToTheProblems() throws {
        let table = try PartitionTable(csv: "a,app,ota_0,0x1,5\na,app,ota_0,0x0,0")
        #expect(table.partitions.map(\.offset) == [1, 0])
        #expect(!table.problems().isEmpty)
    }

    @Test(arguments: [
        ("a,,nvs,,4K", "Line 1: the type is empty; fill it in."),
        (
            "\n\na,app,,,4K",
            "Line 3: an app needs a subtype; write factory, test, or ota_0 to ota_15."
        ),
        ("a,data,nvs,,", "Line 1: the size is empty; fill it in."),
        ("a", "Line 1: the type is empty; fill it in."),
        ("a,dat,nvs,,4K", "Line 1: the type “dat” is neither a number nor one of app, data."),
        (
            "a,app,ota_16,,4K",
            "Line 1: the subtype “ota_16” is neither a number nor one of factory, test, ota_0, "
                + "ota_1, ota_2, ota_3, ota_4, ota_5, ota_6, ota_7, ota_8, ota_9, ota_10, ota_11, "
                + "ota_12, ota_13, ota_14, ota_15."
        ),
        (
            "a,0x40,nvs,,4K",
            "Line 1: the subtype “nvs” is no number; write it like 4096, 0x1000, 4K, or 1M."
        ),
        ("a,256,0,,4K", "Line 1: the type “256” is too large; 255 is the most."),
        (
            "a,data,nvs,,4T",
            "Line 1: the size “4T” is no number; write it like 4096, 0x1000, 4K, or 1M."
        ),
        ("a,data,nvs,,4096M", "Line 1: the size “4096M” is too large; 4294967295 is the most."),
        (
            "a,data,nvs,99999999999999999999,1",
            "Line 1: the offset “99999999999999999999” is too large; 4294967295 is the most."
        ),
        (
            "a,data,nvs,,4K,secret",
            "Line 1: “secret” is no flag; write encrypted or readonly, or both with a colon between."
        ),
        (
            "a,data,nvs,,4K,,# note",
            "Line 1: “# note” stands behind the flags, the last field; remove it."
        ),
        (
            "seventeen letters,data,nvs,,4K",
            "Line 1: A partition's label has at most 16 bytes, and “seventeen letters” has 17; "
                + "shorten it."
        ),
        (
            "a,data,nvs,0xfffff000,4K\nb,data,nvs,,4K",
            "Line 2: the partition before this one ends beyond 4 GiB, so there is no place for this "
                + "one; give it an offset."
        ),
    ])
    func saysWhatIsWrongWithALine(text: String, message: String) {
        let error = #expect(throws: PartitionTableError.self) { try PartitionTable(csv: text) }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        "", "-1", "+1", "0x", "k", "1kk", "010", "1_000", "0b1", "1.5K", "１", "0xg", "a",
    ])
    func takesNothingElseForANumber(text: String) {
        #expect(throws: PartitionTableError.self) {
            try PartitionTable(csv: "a,data,nvs,0x9000,\(text)")
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("4096", 4096), ("0x1F", 31), ("0X1f", 31), ("3k", 3072), ("0x10K", 16384),
            ("2M", 2 << 20), ("0xffffffff", UInt32.max),
        ] as [(String, UInt32)])
    func readsANumber(text: String, value: UInt32) throws {
        #expect(
            try PartitionTable(csv: "a,data,nvs,0x9000,\(text)").partitions.first?.size == value)
    }

    @Test(arguments: ["a,b", "a\nb", "a\rb", " a", "a\t", "#a", "\u{FEFF}a", "a,\u{301}"])
    func refusesLabelsThatTextCannotExpress(label: String) throws {
        var table = PartitionTable.twoOTA
        try table.partitions[2].setLabel(label)
        #expect(throws: PartitionTableError.notExpressible(row: 3)) { try table.csv() }
    }

    @Test func refusesFlagsAndBytesThatTextCannotExpress() throws {
        var table = PartitionTable.twoOTA
        table.partitions[0].flags = PartitionFlags(rawValue: 4)
        #expect(throws: PartitionTableError.notExpressible(row: 1)) { try table.csv() }
        var bytes = PartitionTable.twoOTA.bytes
        bytes[12 + 10] = 1
        #expect(throws: PartitionTableError.notExpressible(row: 1)) {
            try PartitionTable(reading: bytes).csv()
        }
    }
}
