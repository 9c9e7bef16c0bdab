@preconcurrency import Board
import FirmwareImage
import Testing

@Suite struct AntiRollbackTests {
    /// A board without factory app, with apps of these secure versions in its slots.
    private func with(
        _ versions: (UInt32, UInt32), efuse: UInt32, _ body: (Bench) throws -> Void
    ) throws {
        try Bench.with { bench in
            board.anti_rollback = true
            bench.furnish(hasFactory: false)
            bench.preset(Fixture.slots[0], Fixture.image(secureVersion: versions.0).bytes)
            bench.preset(Fixture.slots[1], Fixture.image(secureVersion: versions.1).bytes)
            #expect(esp_efuse_update_secure_version(efuse) == ESP_OK)
            _ = bench.log
            try body(bench)
        }
    }

    @Test(.covers("boot-arb-skip-slot", "boot-arb-efuse-update"))
    func aBlankBoardBootsTheFirstSlotThatIsSecureEnoughAndNotesIt() throws {
        try self.with((0, 0), efuse: 0) { bench in
            #expect(bench.boot() == Fixture.slots[0])
            #expect(bench.otadata == OTAData(OTASelectEntry(sequence: 1, state: .valid), .blank))
            #expect(
                bench.bootLines == [
                    "I boot: Enabled a check secure version of app for anti rollback",
                    "I boot: Secure version (from eFuse) = 0",
                    "I boot: Loaded app from partition at offset 0x110000",
                    "I boot: Set actual ota_seq=1 in otadata[0]",
                ])
        }
        try self.with((1, 3), efuse: 2) { bench in
            #expect(bench.boot() == Fixture.slots[1])
            #expect(bench.otadata == OTAData(OTASelectEntry(sequence: 2, state: .valid), .blank))
            #expect(esp_efuse_read_secure_version() == 3)
            #expect(
                bench.bootLines == [
                    "I boot: Enabled a check secure version of app for anti rollback",
                    "I boot: Secure version (from eFuse) = 2",
                    "E boot: OTA app partition slot 0 is not bootable",
                    "I boot: Loaded app from partition at offset 0x210000",
                    "I boot: Set actual ota_seq=2 in otadata[0]",
                    "I efuse: Anti-rollback is set. eFuse field is updated (2 -> 3).",
                ])
        }
    }

    @Test(.covers("boot-arb-skip-slot"))
    func aSlotUnderTheEfuseIsNotSelectedHoweverNew() throws {
        for efuse in [0, 1] as [UInt32] {
            try self.with((1, 0), efuse: efuse) { bench in
                var otadata = OTAData()
                otadata[0] = OTASelectEntry(sequence: 1, state: .undefined)
                otadata[1] = OTASelectEntry(sequence: 2, state: .new)
                bench.preset(otadata)
                #expect(bench.boot() == Fixture.slots[efuse == 0 ? 1 : 0])
                if efuse == 0 { otadata[1].rawState = 1 }
                #expect(bench.otadata == otadata)
                #expect(
                    bench.bootLines.prefix(2) == [
                        "I boot: Enabled a check secure version of app for anti rollback",
                        "I boot: Secure version (from eFuse) = \(efuse)",
                    ])
            }
        }
    }

    @Test(.covers("boot-arb-skip-slot")) func aSlotWithoutADescriptorIsNotSelected() throws {
        try self.with((0, 0), efuse: 0) { bench in
            bench.preset(Fixture.slots[1] + 32, [0])
            var otadata = OTAData()
            otadata[0] = OTASelectEntry(sequence: 1, state: .valid)
            otadata[1] = OTASelectEntry(sequence: 2, state: .valid)
            bench.preset(otadata)
            #expect(bench.boot() == Fixture.slots[0])
            #expect(
                bench.lines.errors.allSatisfy {
                    $0.hasPrefix("E boot: Failed to get partition description")
                })
            #expect(bench.otadata == otadata)
        }
    }

    @Test(.covers("boot-arb-none")) func withEverySlotUnderTheEfuseNothingBoots() throws {
        try self.with((1, 1), efuse: 2) { bench in
            for state in [OTASelectEntry.State.valid, .new] {
                var otadata = OTAData()
                otadata[0] = OTASelectEntry(sequence: 1, state: state)
                bench.preset(otadata)
                #expect(bench.boot() == nil)
                #expect(
                    bench.lines.errors == [
                        "E boot: ota data partition invalid and no factory, will try all partitions",
                        "E boot: OTA app partition slot 0 is not bootable",
                        "E boot: OTA app partition slot 1 is not bootable",
                        "E boot: No bootable app partitions in the partition table",
                    ])
                #expect(bench.otadata == otadata)
            }
        }
    }

    @Test(.covers("boot-arb-efuse-update")) func aConfirmedAppIsBurntByTheBootloader() throws {
        try self.with((2, 0), efuse: 1) { bench in
            var otadata = OTAData()
            otadata[0] = OTASelectEntry(sequence: 1, state: .valid)
            bench.preset(otadata)
            #expect(bench.boot() == Fixture.slots[0])
            #expect(esp_efuse_read_secure_version() == 2)
            #expect(
                bench.lines.have("I efuse: Anti-rollback is set. eFuse field is updated (1 -> 2)."))
            #expect(bench.otadata == otadata)
            try bench.powerOn()
            #expect(esp_efuse_read_secure_version() == 2)
        }
    }

    @Test func anUpdateIsBurntWhenItIsConfirmedAndNotBefore() throws {
        try self.with((2, 0), efuse: 2) { bench in
            bench.boot()
            let file = Fixture.image("2", secureVersion: 3).bytes
            #expect(bench.install(file, in: bench.slot(1)) == ESP_OK)
            #expect(bench.boot() == Fixture.slots[1])
            #expect(esp_efuse_read_secure_version() == 2)
            #expect(esp_ota_mark_app_valid_cancel_rollback() == ESP_OK)
            #expect(esp_efuse_read_secure_version() == 3)
            // Now the other app is too old to go back to.
            #expect(!esp_ota_check_rollback_is_possible())
        }
    }

    @Test func theFactoryAppIsNothingToGoBackTo() throws {
        try Bench.with { bench in
            board.anti_rollback = true
            bench.furnish()
            var otadata = OTAData()
            otadata[0] = OTASelectEntry(sequence: 1, state: .valid)
            bench.preset(otadata)
            #expect(bench.boot() == Fixture.slots[0])
            #expect(!esp_ota_check_rollback_is_possible())
            board.anti_rollback = false
            #expect(esp_ota_check_rollback_is_possible())
        }
    }

    @Test(.covers("setboot-secver-erase")) func aLowerVersionIsErased() throws {
        try self.with((2, 0), efuse: 2) { bench in
            bench.boot()
            let before = bench.otadata
            let file = Fixture.image("2", secureVersion: 1).bytes
            _ = bench.log
            #expect(bench.install(file, in: bench.slot(1)) == ESP_ERR_OTA_SMALL_SEC_VER)
            #expect(ESP_ERR_OTA_SMALL_SEC_VER == 0x1504)
            #expect(bench.read(Fixture.slots[1], 1 << 20).allSatisfy { $0 == 0xFF })
            #expect(bench.otadata == before)
            let errors = bench.lines.errors
            #expect(errors.count == 1)
            #expect(
                errors.have(
                    "E esp_ota_ops: This a new partition can not be booted due to a secure version "
                        + "is lower"))
            try #expect(bench.bootAgain() == Fixture.slots[0])
        }
    }

    @Test(.covers("confirm-secver-too-big"))
    func aVersionThatTheFieldCannotHoldIsConfirmedAllTheSame() throws {
        try Bench.with { bench in
            board.anti_rollback = true
            board.chip_id = Chip.esp32c3.rawValue
            bench.furnish(
                hasFactory: false, image: Fixture.image(secureVersion: 16, chip: .esp32c3))
            #expect(bench.boot() == Fixture.slots[0])
            let file = Fixture.image("2", secureVersion: 17, chip: .esp32c3).bytes
            #expect(bench.install(file, in: bench.slot(1)) == ESP_OK)
            #expect(bench.boot() == Fixture.slots[1])
            _ = bench.log
            #expect(esp_ota_mark_app_valid_cancel_rollback() == ESP_ERR_INVALID_ARG)
            #expect(bench.otadata[1] == OTASelectEntry(sequence: 2, state: .valid))
            #expect(bench.lines.errors.have("E efuse: Max secure version is 16."))
            #expect(esp_efuse_read_secure_version() == 16)
        }
    }
}
