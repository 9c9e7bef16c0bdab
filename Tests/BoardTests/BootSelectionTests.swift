@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

@Suite struct BootSelectionTests {
    /// Every entry that a board can be found with, for a sequence number.
    static let kinds: [(name: String, entry: @Sendable (UInt32) -> OTASelectEntry)] =
        [
            ("new", { OTASelectEntry(sequence: $0, state: .new) }),
            ("pending", { OTASelectEntry(sequence: $0, state: .pendingVerify) }),
            ("valid", { OTASelectEntry(sequence: $0, state: .valid) }),
            ("invalid", { OTASelectEntry(sequence: $0, state: .invalid) }),
            ("aborted", { OTASelectEntry(sequence: $0, state: .aborted) }),
            ("undefined", { OTASelectEntry(sequence: $0, state: .undefined) }),
            ("blank", { _ in .blank }),
            ("wrong CRC", { wrong(OTASelectEntry(sequence: $0, state: .valid)) }),
            ("pending, wrong CRC", { wrong(OTASelectEntry(sequence: $0, state: .pendingVerify)) }),
            ("aborted, wrong CRC", { wrong(OTASelectEntry(sequence: $0, state: .aborted)) }),
            ("pending, blank", { _ in pendingBlank }),
            ("garbage state", { garbage(OTASelectEntry(sequence: $0, state: .new)) }),
            ("torn at 4", { torn(OTASelectEntry(sequence: $0, state: .new), 4) }),
            ("torn at 25", { torn(OTASelectEntry(sequence: $0, state: .new), 25) }),
            ("torn at 28", { torn(OTASelectEntry(sequence: $0, state: .new), 28) }),
            ("torn at 30", { torn(OTASelectEntry(sequence: $0, state: .pendingVerify), 30) }),
        ]

    private static func wrong(_ entry: OTASelectEntry) -> OTASelectEntry {
        var entry = entry
        entry.crc ^= 0x0100
        return entry
    }

    private static func garbage(_ entry: OTASelectEntry) -> OTASelectEntry {
        var entry = entry
        entry.rawState = 0x1234_5678
        return entry
    }

    private static func torn(_ entry: OTASelectEntry, _ count: Int) -> OTASelectEntry {
        OTASelectEntry(entry.bytes.prefix(count) + [UInt8](repeating: 0xFF, count: 32 - count))!
    }

    private static let pendingBlank: OTASelectEntry = {
        var entry = OTASelectEntry.blank
        entry.rawState = OTASelectEntry.State.pendingVerify.rawValue
        return entry
    }()

    private static let sequences: [(UInt32, UInt32)] = [(1, 2), (3, 2), (4, 4), (0, 1)]

    @Test(arguments: [false, true], [false, true])
    func everyPairOfEntriesBootsWhatTheRulesSay(hasFactory: Bool, rollback: Bool) throws {
        try Bench.with { bench in
            board.rollback = rollback
            bench.furnish(hasFactory: hasFactory)
            for first in Self.kinds {
                for second in Self.kinds {
                    for (seq0, seq1) in Self.sequences {
                        let entries = [first.entry(seq0), second.entry(seq1)]
                        try self.expectBoot(
                            bench, entries, hasFactory: hasFactory, rollback: rollback,
                            "\(first.name) \(seq0), \(second.name) \(seq1)")
                    }
                }
            }
        }
    }

    private func expectBoot(
        _ bench: Bench, _ entries: [OTASelectEntry], hasFactory: Bool, rollback: Bool,
        _ name: String
    ) throws {
        var otadata = OTAData()
        otadata[0] = entries[0]
        otadata[1] = entries[1]
        bench.preset(otadata)
        let expected = BootExpectation(
            of: entries, hasFactory: hasFactory, rollback: rollback, slots: 2)
        let booted = bench.boot()
        let log = bench.log
        let comment = Comment(rawValue: "\(name), factory \(hasFactory), rollback \(rollback)")
        #expect(booted == expected.address(hasFactory: hasFactory), comment)
        #expect(bench.otadata.entries == expected.entries, comment)
        for line in BootExpectation.lines {
            #expect(log.contains(line) == expected.lines.contains(line), comment)
        }
    }

    @Test func aBrokenSlotSendsTheBoardDownThenUpAndLeavesOtadataAlone() throws {
        let places = [Fixture.factory] + Fixture.slots
        try Bench.with { bench in
            let good = Fixture.image().bytes
            for selected in 0...2 {
                for broken in 0..<8 {
                    bench.furnish()
                    for (bit, place) in places.enumerated() where broken >> bit & 1 == 1 {
                        bench.preset(place, [UInt8](repeating: 0xFF, count: good.count))
                    }
                    var otadata = OTAData()
                    if selected > 0 {
                        otadata[0] = OTASelectEntry(sequence: UInt32(selected), state: .valid)
                    }
                    bench.preset(otadata)
                    // Down from the selected one to the factory app, and then up.
                    let order = Array((0...selected).reversed()) + Array(selected + 1..<3)
                    let expected = order.first { broken >> $0 & 1 == 0 }
                    #expect(bench.boot() == expected.map { places[$0] }, "\(selected), \(broken)")
                    #expect(bench.otadata == otadata)
                    let log = bench.log
                    for index in order.prefix(while: { $0 != expected }) {
                        let line =
                            index == 0
                            ? "boot: Factory app partition is not bootable"
                            : "boot: OTA app partition slot \(index - 1) is not bootable"
                        #expect(log.components(separatedBy: line).count == 2)
                    }
                    #expect(
                        log.contains("boot: No bootable app partitions in the partition table")
                            == (expected == nil))
                }
            }
        }
    }

    /// 0 and 65535 are no limit to the chip's revision.
    @Test(arguments: [0, 300, 65535] as [UInt16])
    func anImageForThisRevisionOrAnyBoots(most: UInt16) throws {
        var image = Fixture.image()
        image.header.minChipRevision = 300
        image.header.maxChipRevision = most
        image.seal()
        try Bench.with { bench in
            bench.furnish(image: image)
            #expect(bench.boot() == Fixture.factory)
        }
    }

    @Test func aTestAppIsTheLastResort() throws {
        var table = Fixture.noFactory
        table.partitions.append(
            try Partition(label: "test", kind: .test, offset: 0x310000, size: 0x10000))
        table.reseal()
        try Bench.with { bench in
            bench.preset(table)
            bench.preset(0x310000, Fixture.image().bytes)
            #expect(bench.boot() == 0x310000)
            #expect(bench.log.contains("boot: Falling back to test app as only bootable partition"))
        }
    }

    @Test func withoutOtadataTheFactoryAppBoots() throws {
        var table = PartitionTable.twoOTA
        table.partitions.removeAll { $0.kind == .otadata }
        table.reseal()
        try Bench.with { bench in
            bench.furnish()
            bench.preset(table)
            #expect(bench.boot() == Fixture.factory)
            #expect(esp_ota_get_boot_partition() == nil)
            #expect(esp_ota_set_boot_partition(bench.slot(0)) == ESP_ERR_NOT_FOUND)
            #expect(bench.log.contains("esp_ota_ops: not found otadata"))
        }
    }

    @Test func otadataThatIsTooSmallBootsNothing() throws {
        var table = PartitionTable.twoOTA
        let index = try #require(table.partitions.firstIndex { $0.kind == .otadata })
        table.partitions[index].size = 0x1000
        table.reseal()
        try Bench.with { bench in
            bench.furnish()
            bench.preset(table)
            #expect(bench.boot() == nil)
            #expect(bench.log.contains("boot: ota_info partition size 4096 is too small"))
        }
    }

    @Test func aSecondSegmentOfOneCacheIsWarnedOf() throws {
        var image = Fixture.image(size: 600_000)
        let drom = image.segments[0]
        image.segments[3] = ImageSegment(loadAddress: 0, data: image.segments[3].data)
        image.segments[4].loadAddress = drom.loadAddress + 0x10_0000
        image.seal()
        try Bench.with { bench in
            bench.furnish(image: image)
            #expect(bench.boot() == Fixture.factory)
            #expect(bench.log.contains("boot: Image contains multiple DROM segments."))
        }
    }
}
