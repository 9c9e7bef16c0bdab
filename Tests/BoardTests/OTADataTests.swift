@preconcurrency import Board
import FirmwareImage
import Testing

/// What esp_ota_ops.h does to otadata, with FirmwareImage's otadata as the oracle.
@Suite struct OTADataTests {
    private static let sequences: [(UInt32, UInt32)] = [
        (1, 2), (3, 2), (4, 4), (0, 1), (7, 0xFFFF_FFFD),
    ]

    /// Every pair of entries, once.
    private func forEachPair(_ body: (OTAData, Comment) -> Void) {
        for first in EntryKind.all {
            for second in EntryKind.all {
                for (seq0, seq1) in Self.sequences {
                    let otadata = OTAData(first.entry(seq0), second.entry(seq1))
                    body(otadata, "\(first.name) \(seq0), \(second.name) \(seq1)")
                }
            }
        }
    }

    @Test(arguments: [false, true])
    func selectingASlotWritesWhatFirmwareImageWrites(rollback: Bool) throws {
        try Bench.with { bench in
            board.rollback = rollback
            bench.furnish()
            bench.boot()
            self.forEachPair { otadata, name in
                for slot in 0...1 {
                    bench.preset(otadata)
                    var expected = otadata
                    expected.select(slot: slot, of: 2, state: rollback ? .new : .undefined)
                    #expect(esp_ota_set_boot_partition(bench.slot(slot)) == ESP_OK, name)
                    #expect(bench.otadata == expected, name)
                }
            }
        }
    }

    @Test(arguments: [false, true])
    func askingTellsWhatFirmwareImageTells(hasFactory: Bool) throws {
        try Bench.with { bench in
            bench.furnish(hasFactory: hasFactory)
            bench.boot()
            let before = flash_operations()
            self.forEachPair { otadata, name in
                bench.preset(otadata)
                let selection =
                    switch otadata.selection(of: 2, hasFactory: hasFactory) {
                    case .factory: Fixture.factory
                    case .everySlot: Fixture.slots[0]
                    case .slot(let slot): Fixture.slots[slot]
                    }
                #expect(esp_ota_get_boot_partition()?.pointee.address == selection, name)
                let invalid = otadata.lastInvalid.map { otadata[$0].slot(of: 2)! }
                #expect(
                    esp_ota_get_last_invalid_partition()?.pointee.address
                        == invalid.map { Fixture.slots[$0] }, name)
                for slot in 0...1 {
                    var state = ESP_OTA_IMG_NEW
                    let error = esp_ota_get_state_partition(bench.slot(slot), &state)
                    let entry = otadata.entry(ofSlot: slot, of: 2)
                    #expect(error == (entry == nil ? ESP_ERR_NOT_FOUND : ESP_OK), name)
                    if let entry { #expect(state.rawValue == otadata[entry].rawState, name) }
                }
            }
            #expect(flash_operations() == before)
        }
    }

    @Test(arguments: [false, true])
    func confirmingAndGivingUpConcernTheActiveEntry(hasFactory: Bool) throws {
        try Bench.with { bench in
            bench.furnish(hasFactory: hasFactory)
            bench.boot()
            self.forEachPair { otadata, name in
                bench.preset(otadata)
                guard let active = otadata.active else {
                    #expect(esp_ota_mark_app_valid_cancel_rollback() == ESP_FAIL, name)
                    #expect(esp_ota_mark_app_invalid_rollback_and_reboot() == ESP_FAIL, name)
                    #expect(bench.log.contains("esp_ota_ops: Running firmware is factory"))
                    return
                }
                var expected = otadata
                expected[active].rawState = 2
                #expect(esp_ota_mark_app_valid_cancel_rollback() == ESP_OK, name)
                #expect(bench.otadata == expected, name)

                let isPossible = otadata[1 - active].isUsable || hasFactory
                bench.preset(otadata)
                #expect(esp_ota_check_rollback_is_possible() == isPossible, name)
                let end = bench.run { _ = esp_ota_mark_app_invalid_rollback_and_reboot() }
                #expect(end == (isPossible ? .reset(3) : .returned), name)
                expected[active].rawState = 3
                #expect(bench.otadata == (isPossible ? expected : otadata), name)
                let line =
                    isPossible
                    ? "esp_ota_ops: Rollback to previously worked partition. Restart."
                    : "esp_ota_ops: Rollback is not possible, do not have any suitable apps"
                #expect(bench.log.contains(line), name)
            }
        }
    }

    @Test(.covers("setboot-factory")) func selectingTheFactoryAppErasesOtadata() throws {
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            #expect(esp_ota_set_boot_partition(bench.slot(1)) == ESP_OK)
            let factory = esp_partition_find_first(
                ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_FACTORY, nil)
            #expect(esp_ota_set_boot_partition(factory) == ESP_OK)
            #expect(bench.otadata == OTAData())
            var state = ESP_OTA_IMG_NEW
            #expect(esp_ota_get_state_partition(factory, &state) == ESP_ERR_NOT_SUPPORTED)
            #expect(esp_ota_set_boot_partition(nil) == ESP_ERR_INVALID_ARG)
        }
    }

    @Test(.covers("setboot-slot-range")) func aSlotBehindAGapCannotBeSelected() throws {
        var table = PartitionTable.twoOTA
        let index = try #require(table.partitions.firstIndex { $0.kind == .ota(1) })
        table.partitions[index].kind = .ota(2)
        table.reseal()
        try Bench.with { bench in
            bench.furnish()
            bench.preset(table)
            bench.boot()
            #expect(esp_ota_get_app_partition_count() == 1)
            _ = bench.log
            #expect(esp_ota_set_boot_partition(bench.slot(2)) == ESP_ERR_INVALID_ARG)
            #expect(bench.lines.errors == [])
            #expect(bench.otadata == OTAData())
        }
    }

    @Test func aCorruptFallbackMakesRollbackImpossibleAndIsNoLastInvalidSlot() throws {
        try Bench.with { bench in
            bench.furnish(hasFactory: false)
            var otadata = OTAData()
            otadata[0] = OTASelectEntry(sequence: 1, state: .valid)
            otadata[1] = OTASelectEntry(sequence: 2, state: .pendingVerify)
            bench.boot()
            bench.preset(otadata)
            #expect(esp_ota_check_rollback_is_possible())
            bench.preset(Fixture.slots[0], [0])
            #expect(
                esp_ota_mark_app_invalid_rollback_and_reboot() == ESP_ERR_OTA_ROLLBACK_FAILED)
            #expect(bench.otadata == otadata)
            otadata[0] = OTASelectEntry(sequence: 1, state: .invalid)
            bench.preset(otadata)
            #expect(esp_ota_get_last_invalid_partition() == nil)
        }
    }

    @Test(.covers("postroll-erase-last")) func theLastBootSlotIsErasedWithItsEntry() throws {
        try Bench.with { bench in
            bench.furnish(hasFactory: false)
            var otadata = OTAData()
            otadata[0] = OTASelectEntry(sequence: 1, state: .valid)
            bench.preset(otadata)
            bench.boot()
            #expect(esp_ota_erase_last_boot_app_partition() == ESP_FAIL)
            otadata[1] = OTASelectEntry(sequence: 2, state: .valid)
            bench.preset(otadata)
            #expect(bench.boot() == Fixture.slots[1])
            #expect(esp_ota_check_rollback_is_possible())
            #expect(esp_ota_erase_last_boot_app_partition() == ESP_OK)
            #expect(!esp_ota_check_rollback_is_possible())
            #expect(bench.read(Fixture.slots[0], 4096).allSatisfy { $0 == 0xFF })
            #expect(bench.otadata[0] == .blank)
            #expect(bench.otadata[1] == otadata[1])
        }
    }
}
