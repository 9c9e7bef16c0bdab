@preconcurrency import Board
import FirmwareImage
import Testing

/// A board that runs ota_0, confirmed, and takes an update into ota_1: 10 operations for the image,
/// 2 of otadata, 2 in the first boot, and 2 when the app confirms itself.
@Suite struct PowerCutTests {
    enum Outcome: Sendable {
        case old
        case new
    }

    private static let file = Fixture.image("2.0.0").bytes

    private func prepare(_ bench: Bench) throws {
        bench.furnish()
        bench.preset(Fixture.slots[1], [UInt8](repeating: 0xFF, count: Self.file.count))
        var otadata = OTAData()
        otadata[0] = OTASelectEntry(sequence: 1, state: .valid)
        bench.preset(otadata)
        try #require(bench.bootAgain() == Fixture.slots[0])
    }

    /// Updates, boots and confirms, until the power is cut.
    private func update(_ bench: Bench) -> Bench.End {
        let end = bench.run { _ = bench.install(Self.file, in: bench.slot(1)) }
        guard end == .returned else { return end }
        let boot = bench.run {
            var boot = boot_t()
            if bootloader_boot(&boot) == ESP_OK { bootloader_set_running(&boot) }
        }
        guard boot == .returned else { return boot }
        return bench.run { _ = esp_ota_mark_app_valid_cancel_rollback() }
    }

    /// What boots after a cut, and the new entry's state in that boot: nil if there is no entry.
    static let cuts: [(operation: UInt32, bytes: Int32, outcome: Outcome, state: UInt32?)] =
        (1...10).flatMap { [($0, -1, .old, nil), ($0, 1, .old, nil)] }
        + [
            (11, -1, .old, nil),  // pwr-before-otadata
            (11, 0, .old, nil), (12, -1, .old, nil),  // pwr-otadata-erased
            (12, 4, .old, nil), (12, 24, .old, nil), (12, 25, .old, nil),  // pwr-otadata-torn
            (12, 28, .old, nil), (12, 30, .old, nil),
            (12, 32, .new, 1),  // pwr-after-otadata
            (13, -1, .new, 1),  // pwr-bl-new-before-erase
            (13, 0, .old, nil), (14, -1, .old, nil), (14, 4, .old, nil),  // pwr-bl-new-gap
            (14, 24, .old, nil), (14, 28, .old, nil), (14, 30, .old, nil),
            (15, -1, .old, 4),  // pwr-first-boot, pwr-mark-valid-before
            (14, 32, .old, 4),
            (15, 0, .old, nil), (16, -1, .old, nil), (16, 4, .old, nil),  // pwr-mark-valid-gap
            (16, 28, .old, nil), (16, 30, .old, nil),
            (16, 32, .new, 2),  // pwr-mark-valid-after
        ]

    @Test func everyCutLeavesABoardThatBootsWhatTheMapSays() throws {
        try Bench.with { bench in
            for (operation, bytes, outcome, state) in Self.cuts {
                try self.prepare(bench)
                flash_cut_at(operation, bytes)
                let name: Comment = "\(operation), \(bytes) bytes"
                #expect(self.update(bench) == .powerOff, name)
                #expect(flash_operations() == operation, name)
                let place = Fixture.slots[outcome == .old ? 0 : 1]
                #expect(try bench.bootAgain() == place, name)
                #expect(bench.otadata[0] == OTASelectEntry(sequence: 1, state: .valid), name)
                let entry = bench.otadata[1]
                #expect((entry.isCRCValid ? entry.rawState : nil) == state, name)
                // Only a record of the failure blocks the same update from being offered again.
                #expect(
                    (esp_ota_get_last_invalid_partition() == nil) == (state != 4), name)
                // And the board goes on: the next update takes.
                if outcome == .old {
                    #expect(bench.install(Self.file, in: bench.slot(1)) == ESP_OK, name)
                    #expect(bench.boot() == Fixture.slots[1], name)
                }
            }
        }
    }

    @Test func withoutACutThereAreSixteenOperations() throws {
        try Bench.with { bench in
            try self.prepare(bench)
            #expect(self.update(bench) == .returned)
            #expect(flash_operations() == 16)
            #expect(try bench.bootAgain() == Fixture.slots[1])
            #expect(bench.otadata[1].state == .valid)
        }
    }

    /// pwr-bl-aborted-gap
    @Test(arguments: [(UInt32(1), Int32(0)), (2, -1), (2, 28), (0, -1)])
    func aCutWhileTheBootloaderAbortsLosesTheRecord(operation: UInt32, bytes: Int32) throws {
        try Bench.with { bench in
            try self.prepare(bench)
            var otadata = bench.otadata
            otadata[1] = OTASelectEntry(sequence: 2, state: .pendingVerify)
            bench.preset(Fixture.slots[1], Self.file)
            bench.preset(otadata)
            try bench.powerOn()
            flash_cut_at(operation, bytes)
            #expect((bench.boot() == nil) == (operation != 0))
            #expect(try bench.bootAgain() == Fixture.slots[0])
            let last = esp_ota_get_last_invalid_partition()
            #expect(last == (operation == 0 ? UnsafePointer(bench.slot(1)!) : nil))
        }
    }

    /// pwr-otadata-zero-seq: the CRC of 0 is what erased flash has.
    @Test func aStrayZeroWordSelectsTheLastSlot() throws {
        try Bench.with { bench in
            bench.furnish()
            #expect(flash_program(0xD000, [0, 0, 0, 0] as [UInt8], 4) == ESP_OK)
            #expect(bench.boot() == Fixture.slots[1])
        }
    }

    /// pwr-seq-overflow
    @Test func behindTheLastSequenceNumberNoUpdateSticks() throws {
        try Bench.with { bench in
            bench.furnish()
            var otadata = OTAData()
            otadata[0] = OTASelectEntry(sequence: 0xFFFF_FFFE, state: .valid)
            bench.preset(otadata)
            #expect(bench.boot() == Fixture.slots[1])
            #expect(bench.install(Self.file, in: bench.slot(0)) == ESP_OK)
            #expect(bench.otadata[1].isBlank)
            #expect(bench.boot() == Fixture.slots[1])
        }
    }

    /// pwr-factory-first-ota, first-no-fallback-reboots-self
    @Test(arguments: [true, false])
    func aFirstUpdateThatIsNeverConfirmedGoesBackToTheFactoryAppIfThereIsOne(
        hasFactory: Bool
    ) throws {
        try Bench.with { bench in
            bench.furnish(hasFactory: hasFactory)
            var otadata = OTAData()
            otadata[0] = OTASelectEntry(sequence: 1, state: .new)
            bench.preset(otadata)
            #expect(bench.boot() == Fixture.slots[0])
            let place = hasFactory ? Fixture.factory : Fixture.slots[0]
            for _ in 0..<3 {
                let booted = try bench.bootAgain()
                #expect(booted == place)
                #expect(bench.otadata[0].state == .aborted)
            }
        }
    }
}
