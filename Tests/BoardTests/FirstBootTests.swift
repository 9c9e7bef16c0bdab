@preconcurrency import Board
import FirmwareImage
import Testing

/// The first boot of a new app, which runs in ota_1 and is to confirm itself or to go back to ota_0.
@Suite struct FirstBootTests {
    private static let old = OTASelectEntry(sequence: 1, state: .valid)
    private static let files = (
        old: Fixture.image("1.0.0").bytes, new: Fixture.image("2.0.0").bytes
    )

    private func new(_ state: OTASelectEntry.State) -> OTASelectEntry {
        OTASelectEntry(sequence: 2, state: state)
    }

    /// A board whose new app boots for the first time.
    private func with(
        hasFactory: Bool = false, _ body: (Bench) throws -> Void
    ) throws {
        try Bench.with { bench in
            bench.furnish(hasFactory: hasFactory)
            bench.preset(Fixture.slots[0], Self.files.old)
            bench.preset(Fixture.slots[1], Self.files.new)
            bench.preset(OTAData(Self.old, self.new(.new)))
            #expect(bench.boot() == Fixture.slots[1])
            #expect(bench.otadata == OTAData(Self.old, self.new(.pendingVerify)))
            _ = bench.log
            try body(bench)
        }
    }

    @Test(.covers("first-selftest-fail")) func anAppThatFailsItsTestGoesBack() throws {
        try self.with { bench in
            let end = bench.run { _ = esp_ota_mark_app_invalid_rollback_and_reboot() }
            #expect(end == .reset(UInt32(BOARD_RESET_SOFTWARE.rawValue)))
            #expect(
                bench.lines == ["I esp_ota_ops: Rollback to previously worked partition. Restart."])
            let otadata = OTAData(Self.old, self.new(.invalid))
            #expect(bench.otadata == otadata)
            for _ in 0..<2 {
                let booted = try bench.bootAgain()
                #expect(booted == Fixture.slots[0])
                #expect(bench.otadata == otadata)
            }
        }
    }

    /// The restart is like any other.
    @Test func goingBackRunsTheShutdownHandlers() throws {
        try self.with { bench in
            let handler: shutdown_handler_t = {
                esp_log_level_set("boot", ESP_LOG_WARN)
            }
            #expect(esp_register_shutdown_handler(handler) == ESP_OK)
            defer {
                #expect(esp_unregister_shutdown_handler(handler) == ESP_OK)
                esp_log_level_set("boot", ESP_LOG_INFO)
            }
            bench.run { _ = esp_ota_mark_app_invalid_rollback_and_reboot() }
            #expect(esp_log_level_get("boot") == ESP_LOG_WARN)
        }
    }

    /// Why there is nothing to go back to.
    enum Lack: CaseIterable {
        case soundApp, entry, secureVersion
    }

    /// The app runs on unconfirmed; the next boot gives it up, and boots it for want of another.
    @Test(.covers("first-rollback-impossible"), arguments: Lack.allCases)
    func withNothingToGoBackToTheAppRunsOn(lack: Lack) throws {
        try Bench.with { bench in
            board.anti_rollback = lack == .secureVersion
            bench.furnish(hasFactory: false)
            bench.preset(Fixture.slots[1], Fixture.image("2.0.0", secureVersion: 1).bytes)
            if lack == .secureVersion { #expect(esp_efuse_update_secure_version(1) == ESP_OK) }
            if lack == .soundApp { bench.preset(Fixture.slots[0] + 1000, [0, 0, 0, 0]) }
            let other = lack == .entry ? OTASelectEntry.blank : Self.old
            bench.preset(OTAData(other, self.new(.new)))
            #expect(bench.boot() == Fixture.slots[1])
            _ = bench.log
            #expect(!esp_ota_check_rollback_is_possible())
            #expect(
                esp_ota_mark_app_invalid_rollback_and_reboot() == ESP_ERR_OTA_ROLLBACK_FAILED)
            #expect(ESP_ERR_OTA_ROLLBACK_FAILED == 0x1505)
            #expect(
                bench.lines == [
                    "E esp_ota_ops: Rollback is not possible, do not have any suitable apps in slots"
                ])
            #expect(bench.otadata == OTAData(other, self.new(.pendingVerify)))
            for _ in 0..<2 {
                let booted = try bench.bootAgain()
                // Slot 0 has a sound app there, though no entry that says so.
                #expect(booted == Fixture.slots[lack == .entry ? 0 : 1])
                #expect(bench.otadata == OTAData(other, self.new(.aborted)))
            }
        }
    }

    @Test(.covers("first-reset-unconfirmed"))
    func anAppThatIsResetBeforeItIsConfirmedIsGivenUp() throws {
        try self.with { bench in
            for _ in 0..<2 {
                let booted = try bench.bootAgain()
                #expect(booted == Fixture.slots[0])
                #expect(bench.otadata == OTAData(Self.old, self.new(.aborted)))
                // The log is at the info level, as the bootloader's is.
                #expect(
                    bench.bootLines == ["I boot: Loaded app from partition at offset 0x110000"])
                var state = ESP_OTA_IMG_UNDEFINED
                #expect(esp_ota_get_state_partition(bench.slot(1), &state) == ESP_OK)
                #expect(state == ESP_OTA_IMG_ABORTED)
            }
        }
    }

    /// The only app there ever was, in a table without a factory app.
    @Test(.covers("first-no-fallback-reboots-self"))
    func anAppWithNoOtherIsGivenUpAndBootsAllTheSame() throws {
        try Bench.with { bench in
            bench.furnish(hasFactory: false)
            bench.preset(OTAData(OTASelectEntry(sequence: 1, state: .new), .blank))
            #expect(bench.boot() == Fixture.slots[0])
            for _ in 0..<3 {
                let booted = try bench.bootAgain()
                #expect(booted == Fixture.slots[0])
                #expect(
                    bench.otadata == OTAData(OTASelectEntry(sequence: 1, state: .aborted), .blank))
                #expect(
                    bench.bootLines == [
                        "I boot: No factory image, trying OTA 0",
                        "I boot: Loaded app from partition at offset 0x110000",
                    ])
            }
        }
    }

    @Test(.covers("begin-pending-verify")) func anUpdateHasToWaitForTheConfirmation() throws {
        try self.with { bench in
            var handle: esp_ota_handle_t = 0
            let error = esp_ota_begin(bench.slot(0), Int(OTA_WITH_SEQUENTIAL_WRITES), &handle)
            #expect(error == ESP_ERR_OTA_ROLLBACK_INVALID_STATE && error == 0x1506)
            #expect(
                bench.lines == [
                    "E esp_ota_ops: Running app has not confirmed state (ESP_OTA_IMG_PENDING_VERIFY)"
                ])
            #expect(bench.otadata == OTAData(Self.old, self.new(.pendingVerify)))
            #expect(bench.read(Fixture.slots[0], Self.files.old.count) == Self.files.old)
            #expect(esp_ota_mark_app_valid_cancel_rollback() == ESP_OK)
            #expect(bench.otadata == OTAData(Self.old, self.new(.valid)))
            #expect(bench.install(Self.files.old, in: bench.slot(0)) == ESP_OK)
        }
    }

    @Test(.covers("mark-on-factory"), arguments: [OTASelectEntry.State?.none, .aborted])
    func theFactoryAppHasNothingToConfirm(state: OTASelectEntry.State?) throws {
        let entry = state.map { OTASelectEntry(sequence: 1, state: $0) } ?? .blank
        try Bench.with { bench in
            bench.furnish()
            bench.preset(OTAData(entry, .blank))
            #expect(bench.boot() == Fixture.factory)
            _ = bench.log
            for mark in [
                esp_ota_mark_app_valid_cancel_rollback,
                esp_ota_mark_app_invalid_rollback_and_reboot,
            ] {
                #expect(mark() == ESP_FAIL)
                #expect(bench.lines == ["E esp_ota_ops: Running firmware is factory"])
            }
            #expect(bench.otadata == OTAData(entry, .blank))
            #expect(flash_operations() == 0)
        }
    }

    /// What the app is told of updates that were given up: entry 0, entry 1, and the slot.
    private static let lasts: [(OTASelectEntry, OTASelectEntry, UInt32?)] = {
        func entry(_ sequence: UInt32, _ state: OTASelectEntry.State) -> OTASelectEntry {
            OTASelectEntry(sequence: sequence, state: state)
        }
        return [
            (entry(1, .valid), entry(2, .invalid), Fixture.slots[1]),
            (entry(3, .aborted), entry(2, .valid), Fixture.slots[0]),
            (entry(1, .valid), entry(2, .aborted).withWrongCRC, nil),
            (entry(1, .valid), entry(2, .new), nil),
            // Of two it is that with the smaller number.
            (entry(1, .invalid), entry(2, .aborted), Fixture.slots[0]),
            (entry(3, .invalid), entry(2, .invalid), Fixture.slots[1]),
        ]
    }()

    @Test(.covers("postroll-last-invalid")) func theAppLearnsWhatWasGivenUpLast() throws {
        try Bench.with { bench in
            bench.furnish()
            #expect(bench.boot() == Fixture.factory)
            for (first, second, slot) in Self.lasts {
                bench.preset(OTAData(first, second))
                #expect(esp_ota_get_last_invalid_partition()?.pointee.address == slot)
            }
            // An image that was written over since is none that could be offered again.
            bench.preset(OTAData(Self.lasts[0].0, Self.lasts[0].1))
            bench.preset(Fixture.slots[1] + 1000, [0, 0, 0, 0])
            #expect(esp_ota_get_last_invalid_partition() == nil)
        }
    }

    @Test(.covers("postroll-force-boot"), arguments: [true, false])
    func theAppMayChooseWhatWasGivenUp(rollback: Bool) throws {
        try Bench.with { bench in
            board.rollback = rollback
            bench.furnish(hasFactory: false)
            bench.preset(OTAData(Self.old, self.new(.invalid)))
            #expect(bench.boot() == Fixture.slots[0])
            #expect(esp_ota_set_boot_partition(bench.slot(1)) == ESP_OK)
            #expect(bench.otadata == OTAData(Self.old, self.new(rollback ? .new : .undefined)))
            #expect(bench.boot() == Fixture.slots[1])
            let state = rollback ? OTASelectEntry.State.pendingVerify : .undefined
            #expect(bench.otadata == OTAData(Self.old, self.new(state)))
        }
    }
}
