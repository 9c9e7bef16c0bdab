@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

@Suite struct BootSelectionTests {
    /// Entry 0 is older, newer, as new, and each of them at the ends of the numbers.
    private static let sequences: [(UInt32, UInt32)] = [
        (1, 2), (3, 2), (4, 4), (0, 1), (2, 0), (0xFFFF_FFFD, 0xFFFF_FFFE),
    ]

    @Test(arguments: [false, true], [false, true])
    func everyPairOfEntriesBootsWhatTheRulesSay(hasFactory: Bool, rollback: Bool) throws {
        let device = BootExpectation.Device(
            factory: hasFactory ? BootExpectation.App() : nil, rollback: rollback)
        try self.expectBoots(of: EntryKind.all, Self.sequences, on: device)
    }

    /// The versions of the apps in the slots, and the one that was burnt.
    @Test(arguments: [(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 0, 1), (0, 1, 1), (0, 0, 1)])
    func everyPairOfEntriesBootsWhatAntiRollbackLeaves(
        first: UInt32, second: UInt32, efuse: UInt32
    ) throws {
        let slots = [first, second].map { BootExpectation.App(secureVersion: $0) }
        for factory in [nil, BootExpectation.App()] {
            let device = BootExpectation.Device(factory: factory, slots: slots, efuse: efuse)
            try self.expectBoots(of: EntryKind.few, [(1, 2), (3, 2), (4, 4)], on: device)
        }
    }

    private func expectBoots(
        of kinds: [EntryKind], _ sequences: [(UInt32, UInt32)],
        on device: BootExpectation.Device
    ) throws {
        try Bench.with { bench in
            board.rollback = device.rollback
            board.anti_rollback = device.efuse != nil
            bench.furnish(hasFactory: device.factory != nil)
            for (app, place) in zip([device.factory] + device.slots, Fixture.all) {
                guard let app else { continue }
                let version = app.secureVersion
                bench.preset(place, Fixture.image(size: 416, secureVersion: version).bytes)
            }
            for first in kinds {
                for second in kinds {
                    for (seq0, seq1) in sequences {
                        self.expectBoot(
                            bench, OTAData(first.entry(seq0), second.entry(seq1)), on: device,
                            "\(first.name) \(seq0), \(second.name) \(seq1), \(device)")
                    }
                }
            }
        }
    }

    private func expectBoot(
        _ bench: Bench, _ otadata: OTAData, on device: BootExpectation.Device, _ name: Comment
    ) {
        bench.preset(otadata)
        if let efuse = device.efuse {
            #expect(efuse_open(nil) == ESP_OK)
            #expect(esp_efuse_update_secure_version(efuse) == ESP_OK)
            _ = bench.log
        }
        let expected = BootExpectation(of: otadata.entries, on: device)
        #expect(bench.boot() == expected.address, name)
        #expect(bench.otadata == OTAData(expected.entries[0], expected.entries[1]), name)
        #expect(bench.bootLines == expected.lines, name)
        if let efuse = expected.efuse { #expect(esp_efuse_read_secure_version() == efuse, name) }
    }

    /// Slots are counted by the rows of the table, and numbers go round them.
    @Test(arguments: 1...16) func theSequenceNumberGoesRoundTheSlots(count: UInt32) throws {
        var table = PartitionTable.twoOTA
        table.partitions.removeAll { $0.kind.type == PartitionKind.app }
        let slots = (0..<count).map { 0x10000 + $0 * 0x10000 }
        for (number, offset) in slots.enumerated() {
            table.partitions.append(
                try Partition(
                    label: "ota_\(number)", kind: .ota(number), offset: offset, size: 0x10000))
        }
        table.reseal()
        try Bench.with { bench in
            bench.preset(table)
            for slot in slots { bench.preset(slot, Fixture.image(size: 416).bytes) }
            for sequence in Array(1...2 * count + 1) + [0xFFFF_FFFE] {
                bench.preset(OTAData(OTASelectEntry(sequence: sequence, state: .valid), .blank))
                #expect(bench.boot() == slots[Int((sequence - 1) % count)], "\(sequence)")
            }
        }
    }

    /// Down from the selected slot to the factory app, and then up.
    @Test(
        .covers("boot-image-corrupt-fallback", "boot-none-bootable"),
        arguments: [OTASelectEntry.State.valid, .new])
    func aBrokenSlotSendsTheBoardDownThenUpAndIsNotNoted(state: OTASelectEntry.State) throws {
        let erased = [UInt8](repeating: 0xFF, count: Fixture.image().bytes.count)
        try Bench.with { bench in
            for selected in 0...2 {
                for broken in 0..<8 {
                    bench.furnish()
                    let isBroken = (0...2).map { broken >> $0 & 1 == 1 }
                    for index in 0...2 where isBroken[index] {
                        bench.preset(Fixture.all[index], erased)
                    }
                    var entry = OTASelectEntry.blank
                    if selected > 0 {
                        entry = OTASelectEntry(sequence: UInt32(selected), state: state)
                    }
                    bench.preset(OTAData(entry, .blank))

                    let order = Array((0...selected).reversed()) + Array(selected + 1..<3)
                    let expected = order.first { !isBroken[$0] }
                    _ = bench.log
                    #expect(bench.boot() == expected.map { Fixture.all[$0] })
                    // The first boot of a new app is noted before its image is looked at.
                    if entry.state == .new { entry.rawState = 1 }
                    #expect(bench.otadata == OTAData(entry, .blank))
                    var errors = order.prefix { $0 != expected }.flatMap { index in
                        [
                            "E esp_image: image at 0x\(String(Fixture.all[index], radix: 16)) has "
                                + "invalid magic byte (nothing flashed here?)",
                            index == 0
                                ? "E boot: Factory app partition is not bootable"
                                : "E boot: OTA app partition slot \(index - 1) is not bootable",
                        ]
                    }
                    if expected == nil {
                        errors.append("E boot: No bootable app partitions in the partition table")
                    }
                    #expect(bench.lines.errors == errors)
                    // In the next boot it is given up.
                    bench.boot()
                    if entry.state == .pendingVerify { entry.rawState = 4 }
                    #expect(bench.otadata == OTAData(entry, .blank))
                }
            }
        }
    }

    @Test func theSlotThatBootsInsteadOfTheFirstIsNotedInBlankOtadata() throws {
        try Bench.with { bench in
            bench.furnish(hasFactory: false)
            bench.preset(Fixture.slots[0], [0])
            #expect(bench.boot() == Fixture.slots[1])
            #expect(bench.otadata == OTAData(OTASelectEntry(sequence: 2, state: .valid), .blank))
            #expect(
                bench.bootLines == [
                    "I boot: No factory image, trying OTA 0",
                    "E boot: OTA app partition slot 0 is not bootable",
                    "I boot: Loaded app from partition at offset 0x210000",
                    "I boot: Set actual ota_seq=2 in otadata[0]",
                ])
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
            #expect(
                bench.lines.have("W boot: Falling back to test app as only bootable partition"))
        }
    }

    @Test(.covers("setboot-no-otadata")) func withoutOtadataTheFactoryAppBoots() throws {
        var table = PartitionTable.twoOTA
        table.partitions.removeAll { $0.kind == .otadata }
        table.reseal()
        try Bench.with { bench in
            bench.furnish()
            bench.preset(table)
            #expect(bench.boot() == Fixture.factory)
            #expect(esp_ota_get_boot_partition() == nil)
            #expect(esp_ota_set_boot_partition(bench.slot(0)) == ESP_ERR_NOT_FOUND)
            #expect(bench.lines.errors.have("E esp_ota_ops: not found otadata"))
        }
    }

    @Test(.covers("boot-otadata-small")) func otadataThatIsTooSmallBootsNothing() throws {
        var table = PartitionTable.twoOTA
        let index = try #require(table.partitions.firstIndex { $0.kind == .otadata })
        table.partitions[index].size = 0x1000
        table.reseal()
        try Bench.with { bench in
            bench.furnish()
            bench.preset(table)
            #expect(bench.boot() == nil)
            #expect(
                bench.lines.errors == [
                    "E boot: ota_info partition size 4096 is too small (minimum 8192 bytes)"
                ])
            #expect(bench.otadata == OTAData())
        }
    }

    /// The app takes the image, too.
    @Test(.covers("boot-multi-map")) func aSecondSegmentOfOneCacheIsWarnedOf() throws {
        var image = Fixture.image(size: 600_000)
        let drom = image.segments[0]
        image.segments[3] = ImageSegment(loadAddress: 0, data: image.segments[3].data)
        image.segments[4].loadAddress = drom.loadAddress + 0x10_0000
        image.seal()
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            #expect(bench.install(image.bytes, in: bench.slot(0)) == ESP_OK)
            _ = bench.log
            #expect(bench.boot() == Fixture.slots[0])
            #expect(
                bench.lines.errors == [
                    "E boot: Image contains multiple DROM segments. Only the last one will be mapped."
                ])
            let entry = OTASelectEntry(sequence: 1, state: .pendingVerify)
            #expect(bench.otadata == OTAData(entry, .blank))
        }
    }
}
