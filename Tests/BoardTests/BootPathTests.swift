@preconcurrency import Board
import FirmwareImage
import Testing

/// The bootloader's choice, path by path: what is in otadata before and after, what boots, and what
/// is said of it.
@Suite struct BootPathTests {
    struct Path: Sendable, CustomTestStringConvertible {
        let id: String
        var kind = ""
        var hasFactory = true
        var rollback = true
        let before: OTAData
        let boots: UInt32
        /// As before if nil.
        var after: OTAData?
        /// All that is said of the choice, but for the debug level.
        var lines: [String] = []
        /// What is said at the debug level alone.
        var note: String?
        var testDescription: String { self.kind.isEmpty ? self.id : "\(self.id), \(self.kind)" }
    }

    private static let new = entry(.new)
    private static let pending = entry(.pendingVerify)
    private static let valid = entry(.valid)
    private static let invalid = entry(.invalid)
    private static let aborted = entry(.aborted)

    private static func entry(
        _ state: OTASelectEntry.State
    ) -> @Sendable (UInt32) -> OTASelectEntry {
        { OTASelectEntry(sequence: $0, state: state) }
    }

    private static let garbage: OTASelectEntry = {
        var entry = valid(2)
        entry.rawState = 0xFFFF_FF05
        return entry
    }()

    private static let zero = OTASelectEntry(
        [UInt8](repeating: 0, count: 4) + [UInt8](repeating: 0xFF, count: 28))!

    static let paths = [
        Path(
            id: "boot-otadata-blank", before: OTAData(), boots: Fixture.factory,
            lines: ["I boot: Defaulting to factory image"]),
        Path(
            id: "boot-otadata-blank", kind: "no factory app", hasFactory: false,
            before: OTAData(), boots: Fixture.slots[0], after: OTAData(valid(1), .blank),
            lines: [
                "I boot: No factory image, trying OTA 0",
                "I boot: Set actual ota_seq=1 in otadata[0]",
            ]),
        Path(
            id: "boot-otadata-newer-crc-bad", before: OTAData(valid(1), valid(2).withWrongCRC),
            boots: Fixture.slots[0]),
        Path(
            id: "boot-otadata-newer-crc-bad", kind: "in entry 0",
            before: OTAData(valid(3).withWrongCRC, valid(2)), boots: Fixture.slots[1]),
        Path(
            id: "boot-otadata-all-crc-bad",
            before: OTAData(valid(1).withWrongCRC, valid(2).withWrongCRC),
            boots: Fixture.factory,
            lines: ["E boot: ota data partition invalid, falling back to factory"]),
        Path(
            id: "boot-otadata-all-crc-bad", kind: "no factory app", hasFactory: false,
            before: OTAData(valid(1).withWrongCRC, valid(2).withWrongCRC),
            boots: Fixture.slots[0],
            lines: [
                "E boot: ota data partition invalid and no factory, will try all partitions"
            ]),
        Path(
            id: "boot-otadata-all-crc-bad", kind: "and nothing", hasFactory: false,
            before: OTAData(.blank, valid(2).withWrongCRC), boots: Fixture.slots[0],
            lines: [
                "E boot: ota data partition invalid and no factory, will try all partitions"
            ]),
        Path(
            id: "boot-all-invalid", before: OTAData(invalid(1), aborted(2)),
            boots: Fixture.factory, lines: ["I boot: Defaulting to factory image"]),
        Path(
            id: "boot-all-invalid", kind: "no factory app", hasFactory: false,
            before: OTAData(invalid(1), aborted(2)), boots: Fixture.slots[0],
            lines: ["I boot: No factory image, trying OTA 0"]),
        Path(
            id: "boot-state-garbage", before: OTAData(valid(1), garbage),
            boots: Fixture.slots[1]),
        Path(
            id: "boot-pending-to-aborted", before: OTAData(valid(1), pending(2)),
            boots: Fixture.slots[0], after: OTAData(valid(1), aborted(2)),
            note: "otadata[1] is marking as ABORTED"),
        Path(
            id: "boot-pending-to-aborted", kind: "with a wrong CRC",
            before: OTAData(pending(3).withWrongCRC, valid(2)), boots: Fixture.slots[1],
            after: OTAData(aborted(3).withWrongCRC, valid(2)),
            note: "otadata[0] is marking as ABORTED"),
        Path(
            id: "boot-new-to-pending", before: OTAData(valid(1), new(2)),
            boots: Fixture.slots[1], after: OTAData(valid(1), pending(2)),
            note: "marked PENDING_VERIFY"),
        Path(
            id: "rollback-disabled", kind: "a new app", rollback: false,
            before: OTAData(valid(1), entry(.undefined)(2)), boots: Fixture.slots[1]),
        Path(
            id: "rollback-disabled", kind: "of a board that had it", rollback: false,
            before: OTAData(valid(1), pending(2)), boots: Fixture.slots[1]),
        Path(
            id: "pwr-otadata-zero-seq", before: OTAData(zero, .blank), boots: Fixture.slots[1]),
        Path(
            id: "pwr-otadata-zero-seq", kind: "no factory app", hasFactory: false,
            before: OTAData(.blank, zero), boots: Fixture.slots[1]),
    ]

    @Test(
        .covers(
            "boot-otadata-blank", "boot-otadata-newer-crc-bad", "boot-otadata-all-crc-bad",
            "boot-all-invalid", "boot-state-garbage", "boot-pending-to-aborted",
            "boot-new-to-pending", "rollback-disabled", "pwr-otadata-zero-seq"),
        arguments: paths)
    func thePathIsTaken(path: Path) throws {
        #expect(Covers.current == Set(Self.paths.map(\.id)))
        try Bench.with { bench in
            board.rollback = path.rollback
            bench.furnish(hasFactory: path.hasFactory)
            bench.preset(path.before)
            esp_log_level_set("boot", ESP_LOG_DEBUG)
            defer { esp_log_level_set("boot", ESP_LOG_INFO) }
            #expect(bench.boot() == path.boots)
            #expect(bench.otadata == path.after ?? path.before)
            let lines = bench.bootLines
            #expect(
                lines.filter {
                    !$0.hasPrefix("D ") && !$0.hasPrefix("I boot: Loaded app from partition at")
                } == path.lines)
            let notes = lines.filter { $0.hasPrefix("D ") && $0.contains("mark") }
            if let note = path.note {
                #expect(notes.count == 1 && notes[0].contains(note), "\(notes)")
            } else {
                #expect(notes == [])
            }
            // The next boot goes the same way, unless this one was the first of a new app.
            if path.after?.entries.contains(where: { $0.state == .pendingVerify }) != true {
                let booted = try bench.bootAgain()
                #expect(booted == path.boots)
                #expect(bench.otadata == path.after ?? path.before)
            }
        }
    }
}
