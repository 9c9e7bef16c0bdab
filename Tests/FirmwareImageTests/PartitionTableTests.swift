import FirmwareImage
import Testing

struct PartitionTests {
    @Test func isWrittenAsTheFormatSays() throws {
        let partition = try Partition(
            label: "ota_1", kind: .ota(1), offset: 0x210000, size: 0x180000,
            flags: [.encrypted, .readonly])
        #expect(
            partition.bytes.hex
                == "aa50" + "00" + "11" + "00002100" + "00001800" + "6f74615f31"
                + String(repeating: "00", count: 11) + "03000000")
        #expect(partition.kind.otaSlot == 1)
        #expect(partition.end == 0x390000)
    }

    @Test func takesLabelsUpToTheLimitOnly() throws {
        let longest = "sixteen bytes ö"
        #expect(longest.utf8.count == 16)
        var partition = try Partition(label: longest, kind: .nvs, offset: 0, size: 0)
        #expect(partition.label == longest)
        #expect(throws: PartitionTableError.labelTooLong(longest + "!", count: 17)) {
            try partition.setLabel(longest + "!")
        }
        #expect(throws: PartitionTableError.labelHoldsZero) { try partition.setLabel("a\0b") }
        #expect(partition.label == longest)
        try partition.setLabel("x")
        #expect(partition.bytes[12..<28].map { $0 } == [0x78] + [UInt8](repeating: 0, count: 15))
    }

    @Test func keepsWhatItHasNoNameFor() throws {
        let bytes = Partition.magic + (2..<32).map { UInt8($0) &* 13 }
        var partition = try #require(Partition(bytes + [1]))
        (partition.kind, partition.flags) = (partition.kind, partition.flags)
        #expect(partition.bytes == bytes)
        #expect(Partition(bytes.dropLast()) == nil)
        #expect(Partition([0xAA, 0x51] + bytes.dropFirst(2)) == nil)
    }

    @Test func knowsItsKindByName() {
        #expect("\(PartitionKind.ota(15))" == "app, ota_15")
        #expect("\(PartitionKind.otadata)" == "data, ota")
        #expect("\(PartitionKind(type: 0x40, subtype: 7))" == "64, 7")
        #expect(PartitionKind(type: 1, subtype: 0x10).otaSlot == nil)
        #expect(PartitionKind.test.otaSlot == nil)
    }
}

struct PartitionTableTests {
    @Test func isWrittenAsTheFormatSays() {
        let bytes = PartitionTable.twoOTA.bytes
        #expect(bytes.count == 0xC00)
        #expect(
            bytes[32..<64].map { $0 }.hex
                == "aa50" + "01" + "00" + "00d00000" + "00200000" + "6f746164617461"
                + String(repeating: "00", count: 13))
        #expect(bytes[192..<208].map { $0 }.hex == "ebeb" + String(repeating: "ff", count: 14))
        #expect(bytes[208..<224].map { $0 } == MD5.digest(of: Array(bytes[..<192])))
        #expect(bytes[224...].allSatisfy { $0 == 0xFF })
    }

    @Test func comesBackByteForByte() {
        for bytes in [
            PartitionTable.twoOTA.bytes, PartitionTable([]).bytes, [], [0xAA], [0xAA, 0x50],
        ] {
            #expect(PartitionTable(reading: bytes).bytes == bytes)
        }
        let sector = PartitionTable.twoOTA.bytes + [UInt8](repeating: 0x5A, count: 0x400)
        let table = PartitionTable(reading: sector)
        #expect(table.bytes == sector)
        #expect(table.problems() == [])
        #expect(PartitionTable(reading: PartitionTable.twoOTA.bytes) == .twoOTA)
    }

    @Test func isSealedOnlyWhenAsked() throws {
        var table = PartitionTable.twoOTA
        table.partitions[0].size = 0x3000
        let expected = table.expectedDigest
        let found = try #require(table.digest)
        #expect(
            table.problems() == [.table(.wrongDigest(expected: expected, found: found))])
        table.reseal()
        #expect(table.digest == expected)
        #expect(table.problems() == [])
        #expect(table.bytes.count == 0xC00)
    }

    @Test func findsWhatAnAppLooksFor() throws {
        var table = PartitionTable.twoOTA
        #expect(table.otadata?.offset == 0xD000)
        #expect(table.factory?.offset == 0x10000)
        #expect(table.otaSlots.map(\.label) == ["ota_0", "ota_1"])
        #expect(table.first(labelled: "phy_init")?.kind == .phy)
        #expect(table.first(labelled: "phy") == nil)
        #expect(table.first(.test) == nil)
        table.partitions[4].kind = .ota(2)
        #expect(table.otaSlots.isEmpty)
        table.partitions[4].kind = .ota(0)
        table.partitions[5].kind = .ota(2)
        #expect(table.otaSlots.map(\.label) == ["ota_0"])
    }

    @Test func hasSixteenSlotsAtMost() throws {
        let slots = try (0..<16).reversed().map {
            try Partition(
                label: "s\($0)", kind: .ota($0), offset: UInt32($0 + 1) << 20, size: 1 << 20)
        }
        let table = PartitionTable(slots)
        #expect(table.otaSlots.map(\.label) == (0..<16).map { "s\($0)" })
        #expect(table.problems() == [])
    }

    @Test(.needs("python3"), .timeLimit(.minutes(5)))
    func isWhatStructAndHashlibMake() throws {
        let output = try Outside.python(
            """
            import hashlib, struct
            rows = b''.join(
                struct.pack('<2sBBLL16sL', b'\\xaa\\x50', *row, 0) for row in [
                    (1, 2, 0x9000, 0x4000, b'nvs'), (1, 0, 0xd000, 0x2000, b'otadata'),
                    (1, 1, 0xf000, 0x1000, b'phy_init'), (0, 0, 0x10000, 0x100000, b'factory'),
                    (0, 16, 0x110000, 0x100000, b'ota_0'), (0, 17, 0x210000, 0x100000, b'ota_1')])
            rows += b'\\xeb\\xeb' + b'\\xff' * 14 + hashlib.md5(rows).digest()
            print(rows.ljust(0xc00, b'\\xff').hex())
            """)
        #expect(output == [PartitionTable.twoOTA.bytes.hex])
    }
}

struct PartitionTableProblemTests {
    private func problems(
        _ change: (inout [Partition]) throws -> Void, flashSize: UInt64? = nil
    ) rethrows -> [String] {
        var partitions = PartitionTable.twoOTA.partitions
        try change(&partitions)
        return PartitionTable(partitions).problems(flashSize: flashSize).map(\.description)
    }

    @Test func areNoneInATableOfESPIDF() {
        #expect(PartitionTable.twoOTA.problems(flashSize: 4 << 20) == [])
        #expect(PartitionTable.twoOTA.problems(flashSize: 0x310000) == [])
    }

    @Test func nameTheRowAndWhatToDo() throws {
        #expect(
            self.problems { $0[4].offset = 0x111000 } == [
                "Row 5, “ota_0”: it begins at 0x111000; move it to a multiple of 0x10000.",
                "Row 6, “ota_1”: it begins at 0x210000, inside row 5, “ota_0”, which ends at "
                    + "0x211000; move one of them.",
            ])
        #expect(
            self.problems { $0[0].offset = 0x8800 } == [
                "Row 1, “nvs”: it begins at 0x8800; move it to a multiple of 0x1000.",
                "Row 1, “nvs”: it begins at 0x8800; move it behind the table, to 0x9000 at least.",
            ])
        #expect(
            try self.problems { try $0[5].setLabel("ota_0") }
                == ["Row 6, “ota_0”: row 5, “ota_0”, has the same label; rename one of them."])
        #expect(
            self.problems { $0[1].size = 0x1000 }
                == ["Row 2, “otadata”: an otadata partition of 0x1000 bytes; make it 0x2000."])
        #expect(
            self.problems { $0[1].flags = .readonly } == [
                "Row 2, “otadata”: ESP-IDF must write to it; take its flag readonly away."
            ])
        #expect(
            self.problems { $0[0].kind = .otadata } == [
                "Row 1, “nvs”: an otadata partition of 0x4000 bytes; make it 0x2000.",
                "Row 2, “otadata”: a second otadata partition beside row 1, “nvs”; remove one of "
                    + "them.",
            ])
        #expect(
            self.problems { $0[5].size = 0x1000800 } == [
                "Row 6, “ota_1”: an app of 0x1000800 bytes; make it a multiple of 0x1000.",
                "Row 6, “ota_1”: an app of 0x1000800 bytes; make it 16M at most.",
            ])
        #expect(
            self.problems({ $0[5].offset = 0xFFFF_0000 }, flashSize: 4 << 20) == [
                "Row 6, “ota_1”: it ends at 0x1000f0000, and the flash at 0x400000; move it, make "
                    + "it smaller, or take a larger flash."
            ])
    }

    @Test func areFoundFurtherThanOneRowBack() {
        let problems = self.problems {
            $0[3].size = 0x300000
            $0[4].size = 0x1000
        }
        #expect(
            problems.map { $0.contains("inside row 4, “factory”") } == [true, true])
    }

    @Test func dependOnWhereTheTableStands() {
        #expect(PartitionTable.twoOTA.problems(offset: 0x9000).count == 1)
        #expect(PartitionTable.twoOTA.problems(offset: 0x7000) == [])
    }

    @Test func areFoundBehindThePartitions() {
        let bytes = PartitionTable.twoOTA.bytes
        let rows = Array(bytes[..<192])
        let digest = Array(bytes[192..<224])
        let end = [UInt8](repeating: 0xFF, count: 32)
        func faults(_ bytes: [UInt8]) -> [PartitionTableProblem] {
            PartitionTable(reading: bytes).problems()
        }
        #expect(faults(rows + digest + end) == [])
        #expect(faults(rows + digest) == [.table(.noEnd)])
        #expect(faults(rows + digest + end.dropLast()) == [.table(.noEnd)])
        #expect(faults(rows + end) == [.table(.noDigest)])
        #expect(faults(rows) == [.table(.noEnd), .table(.noDigest)])
        #expect(
            faults(rows + digest + digest + end) == [
                .table(.strayRow(8, [0xEB, 0xEB, 0xFF, 0xFF]))
            ])
        #expect(
            faults(rows + digest + rows + end) == [.table(.strayRow(8, [0xAA, 0x50, 1, 2]))])
        #expect(faults([0x55] + bytes.dropFirst()).first == .table(.empty))
        #expect(
            faults([0x55] + bytes.dropFirst()).last == .table(.strayRow(1, [0x55, 0x50, 1, 2])))
        #expect(faults(end) == [.table(.empty), .table(.noDigest)])
        #expect(faults([]) == [.table(.empty), .table(.noEnd), .table(.noDigest)])
        #expect(
            PartitionTableProblem.table(.strayRow(8, [0xAA, 0x50, 1, 2])).description
                == "Row 8 begins with aa500102, which means nothing there; correct or remove it.")
    }

    @Test func includeTooManyPartitions() throws {
        let many = try (0..<95).map {
            try Partition(
                label: "p\($0)", kind: .undefined, offset: UInt32($0 + 9) << 12, size: 0x1000)
        }
        let most = PartitionTable(Array(many.dropLast()))
        #expect(most.partitions.count == PartitionTable.partitionLimit)
        #expect(most.bytes.count == 0xC00)
        #expect(most.problems() == [])
        #expect(PartitionTable(many).problems() == [.table(.tooManyPartitions(95))])
        let read = PartitionTable(reading: PartitionTable(many + many).bytes)
        #expect(read.partitions.count == 96)
        #expect(read.problems().first == .table(.tooManyPartitions(96)))
    }
}
