@preconcurrency import Board
import FirmwareImage
import Testing

/// A board that runs ota_0, confirmed, and takes an update into ota_1: 10 operations for the image,
/// 2 of otadata, 2 in the first boot, and 2 when the app confirms itself.
@Suite struct PowerCutTests {
    /// Where the power goes, and how the board boots then.
    struct Cut: Sendable, CustomTestStringConvertible {
        let path: String
        let operation: UInt32
        /// How many are written of the operation's bytes; nil: it does not happen at all.
        let bytes: Int?
        let left: Left
        let boots: UInt32

        var testDescription: String {
            let part = self.bytes.map { ", \($0) bytes" } ?? ""
            return "\(self.path): \(self.operation)\(part)"
        }

        /// Of ota_1, after the boot; nil: any that does not count.
        var entry: OTASelectEntry? {
            switch self.left {
            case .garbage: nil
            case .nothing: .blank
            case .whole(let state): PowerCutTests.entry(state)
            case .torn(let state): PowerCutTests.entry(state).torn(at: self.bytes ?? 0)
            }
        }
    }

    /// What is left of the entry of ota_1.
    enum Left: Sendable {
        case nothing
        /// An erasure that was cut: bits of what was there, and no CRC that fits.
        case garbage
        case whole(OTASelectEntry.State)
        case torn(OTASelectEntry.State)
    }

    private static let file = Fixture.image("2.0.0").bytes
    private static let (old, new) = (Fixture.slots[0], Fixture.slots[1])

    private static let valid = OTASelectEntry(sequence: 1, state: .valid)

    private static func isGarbage(_ entry: OTASelectEntry) -> Bool {
        !entry.isBlank && !entry.isCRCValid
    }

    private static func entry(_ state: OTASelectEntry.State) -> OTASelectEntry {
        OTASelectEntry(sequence: 2, state: state)
    }

    private static func cuts(
        _ path: String, _ operation: UInt32, _ bytes: [Int?], _ left: Left, boots: UInt32 = old
    ) -> [Cut] {
        bytes.map {
            Cut(path: path, operation: operation, bytes: $0, left: left, boots: boots)
        }
    }

    static let cuts = [
        (1...10).flatMap { cuts("pwr-download", $0, [nil, 1], .nothing) },
        cuts("pwr-before-otadata", 11, [nil], .nothing),
        cuts("pwr-otadata-erased", 11, [0], .nothing),
        cuts("pwr-otadata-erased", 12, [nil], .nothing),
        cuts("pwr-otadata-torn", 12, [4, 24, 25, 28, 30], .torn(.new)),
        cuts("pwr-after-otadata", 12, [32], .whole(.pendingVerify), boots: new),
        cuts("pwr-bl-new-before-erase", 13, [nil], .whole(.pendingVerify), boots: new),
        cuts("pwr-bl-new-gap", 13, [0, 1, 2], .garbage),
        cuts("pwr-bl-new-gap", 14, [nil], .nothing),
        cuts("pwr-bl-new-gap", 14, [4, 24, 25], .torn(.pendingVerify)),
        // Its state is whole and given up, its CRC is still wrong.
        cuts("pwr-bl-new-gap", 14, [28, 30], .torn(.aborted)),
        cuts("pwr-first-boot", 14, [32], .whole(.aborted)),
        cuts("pwr-mark-valid-before", 15, [nil], .whole(.aborted)),
        cuts("pwr-mark-valid-gap", 15, [0, 1, 2], .garbage),
        cuts("pwr-mark-valid-gap", 16, [nil], .nothing),
        cuts("pwr-mark-valid-gap", 16, [4, 24, 25, 28, 30], .torn(.valid)),
        cuts("pwr-mark-valid-after", 16, [32], .whole(.valid), boots: new),
    ].flatMap { $0 }

    private func prepare(_ bench: Bench) throws {
        bench.furnish()
        bench.preset(Self.new, [UInt8](repeating: 0xFF, count: Self.file.count))
        bench.preset(OTAData(OTASelectEntry(sequence: 1, state: .valid), .blank))
        try #require(bench.bootAgain() == Self.old)
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

    @Test(
        .covers(
            "pwr-download", "pwr-before-otadata", "pwr-otadata-erased", "pwr-otadata-torn",
            "pwr-after-otadata", "pwr-bl-new-before-erase", "pwr-bl-new-gap", "pwr-first-boot",
            "pwr-mark-valid-before", "pwr-mark-valid-gap", "pwr-mark-valid-after"),
        arguments: cuts)
    func aCutLeavesABoardThatBootsWhatTheMapSays(cut: Cut) throws {
        #expect(Covers.current == Set(Self.cuts.map(\.path)))
        try Bench.with { bench in
            try self.prepare(bench)
            flash_cut_at(cut.operation, Int32(cut.bytes ?? -1))
            #expect(self.update(bench) == .powerOff)
            #expect(flash_operations() == cut.operation)
            try #expect(bench.bootAgain() == cut.boots)
            if let entry = cut.entry {
                #expect(bench.otadata == OTAData(Self.valid, entry))
            } else {
                #expect(bench.otadata[0] == Self.valid && Self.isGarbage(bench.otadata[1]))
            }
            // What was lost is lost in silence.
            let offset = cut.boots == Self.old ? "0x110000" : "0x210000"
            #expect(
                bench.bootLines == ["I boot: Loaded app from partition at offset \(offset)"])
            // Only a record of the failure blocks the same update from being offered again.
            let last = esp_ota_get_last_invalid_partition()
            #expect((last == nil) == (cut.entry != Self.entry(.aborted)))
            // And the board goes on: the next update takes.
            if cut.boots == Self.old {
                #expect(bench.install(Self.file, in: bench.slot(1)) == ESP_OK)
                #expect(bench.boot() == Self.new)
            }
        }
    }

    @Test func withoutACutThereAreSixteenOperations() throws {
        try Bench.with { bench in
            try self.prepare(bench)
            #expect(self.update(bench) == .returned)
            #expect(flash_operations() == 16)
            try #expect(bench.bootAgain() == Self.new)
            #expect(bench.otadata[1].state == .valid)
        }
    }

    /// Nothing then blocks the same update from being offered again.
    @Test(
        .covers("pwr-bl-aborted-gap"),
        arguments: [(UInt32(1), Int32(0)), (2, -1), (2, 4), (2, 28), (0, -1)])
    func aCutWhileTheBootloaderAbortsLosesTheRecord(operation: UInt32, bytes: Int32) throws {
        let hasRecord = operation == 0
        try Bench.with { bench in
            try self.prepare(bench)
            var otadata = bench.otadata
            otadata[1] = Self.entry(.pendingVerify)
            bench.preset(Self.new, Self.file)
            bench.preset(otadata)
            try bench.powerOn()
            flash_cut_at(operation, bytes)
            #expect((bench.boot() == nil) == !hasRecord)
            try #expect(bench.bootAgain() == Self.old)
            if operation == 1 {
                #expect(bench.otadata[0] == otadata[0] && Self.isGarbage(bench.otadata[1]))
            } else {
                otadata[1] =
                    hasRecord
                    ? Self.entry(.aborted)
                    : Self.entry(.aborted).torn(at: bytes < 0 ? 0 : Int(bytes))
                #expect(bench.otadata == otadata)
            }
            #expect(
                bench.bootLines == ["I boot: Loaded app from partition at offset 0x110000"])
            #expect((esp_ota_get_last_invalid_partition() != nil) == hasRecord)
        }
    }

    /// The CRC of 0 is what erased flash has.
    @Test(.covers("pwr-otadata-zero-seq")) func aStrayZeroWordSelectsTheLastSlot() throws {
        try Bench.with { bench in
            bench.furnish()
            #expect(flash_program(0xD000, [0, 0, 0, 0] as [UInt8], 4) == ESP_OK)
            let otadata = bench.otadata
            #expect(otadata[0].isCRCValid)
            #expect(bench.boot() == Self.new)
            #expect(bench.otadata == otadata)
            #expect(
                bench.bootLines == ["I boot: Loaded app from partition at offset 0x210000"])
        }
    }

    @Test(.covers("pwr-seq-overflow")) func behindTheLastSequenceNumberNoUpdateSticks() throws {
        let last = OTASelectEntry(sequence: 0xFFFF_FFFE, state: .valid)
        try Bench.with { bench in
            bench.furnish()
            bench.preset(OTAData(last, .blank))
            for _ in 0..<2 {
                #expect(bench.boot() == Self.new)
                _ = bench.log
                #expect(bench.install(Self.file, in: bench.slot(0)) == ESP_OK)
                #expect(bench.lines.errors == [])
                // Its number is that of an entry which is not there.
                let next = OTASelectEntry(sequence: 0xFFFF_FFFF, state: .new)
                #expect(bench.otadata == OTAData(last, next))
            }
            #expect(bench.boot() == Self.new)
        }
    }

    @Test(.covers("pwr-factory-first-ota"))
    func aFirstUpdateThatIsNeverConfirmedGoesBackToTheFactoryApp() throws {
        try Bench.with { bench in
            bench.furnish()
            #expect(bench.boot() == Fixture.factory)
            #expect(bench.install(Self.file, in: bench.slot(0)) == ESP_OK)
            #expect(bench.boot() == Self.old)
            for _ in 0..<3 {
                try #expect(bench.bootAgain() == Fixture.factory)
                let entry = OTASelectEntry(sequence: 1, state: .aborted)
                #expect(bench.otadata == OTAData(entry, .blank))
                #expect(
                    bench.bootLines == [
                        "I boot: Defaulting to factory image",
                        "I boot: Loaded app from partition at offset 0x10000",
                    ])
            }
        }
    }
}
