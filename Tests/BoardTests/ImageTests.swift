@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

@Suite struct ImageTests {
    /// Something wrong with an image, and what a board says of it.
    struct Flaw: Sendable, CustomTestStringConvertible {
        let path: String
        var kind = ""
        /// How its line begins, without the level, and how it ends.
        let line: String
        var end = ""
        var chip = Chip.esp32
        var blockRevision: UInt16 = 0
        /// Whether the app gets as far as esp_ota_end with it; else it is put into the slot.
        var isWritten = true
        /// Changes the parts; they are sealed afterwards.
        var edit: @Sendable (inout AppImage) -> Void = { _ in }
        /// Changes the file.
        var damage: @Sendable (inout [UInt8]) -> Void = { _ in }
        var testDescription: String { self.kind.isEmpty ? self.path : "\(self.path), \(self.kind)" }
    }

    private static func sector(_ number: Int) -> Range<Int> { number * 4096..<(number + 1) * 4096 }

    static let flaws = [
        Flaw(
            path: "img-flash-magic",
            line: "esp_image: image at 0x210000 has invalid magic byte (nothing flashed here?)",
            isWritten: false, damage: { $0[0] = 0xFF }),
        Flaw(
            path: "img-flash-magic", kind: "an erased slot",
            line: "esp_image: image at 0x210000 has invalid magic byte (nothing flashed here?)",
            isWritten: false, damage: { $0.removeAll() }),
        Flaw(
            path: "img-chip-id", line: "boot_comm: mismatch chip ID, expected 0, found 5",
            edit: { $0.header.chipID = 5 }),
        Flaw(
            path: "img-min-rev",
            line: "boot_comm: Image requires chip rev >= v3.1, but chip is v3.0",
            edit: { $0.header.minChipRevision = 301 }),
        Flaw(
            path: "img-max-rev",
            line: "boot_comm: Image requires chip rev <= v2.99, but chip is v3.0",
            edit: { $0.header.maxChipRevision = 299 }),
        Flaw(
            path: "img-efuse-blk-rev", kind: "at least",
            line: "boot_comm: Image requires efuse blk rev >= v1.2, but chip is v0.0",
            chip: .esp32c3,
            edit: { $0.segments[0].data.replaceSubrange(176..<178, with: [102, 0]) }),
        Flaw(
            path: "img-efuse-blk-rev", kind: "at most",
            line: "boot_comm: Image requires efuse blk rev <= v0.1, but chip is v0.2",
            chip: .esp32c3, blockRevision: 2,
            edit: { $0.segments[0].data.replaceSubrange(178..<180, with: [1, 0]) }),
        Flaw(
            path: "img-segment-count",
            line: "esp_image: image at 0x210000 segment count 17 exceeds max 16",
            damage: { $0[1] = 17 }),
        Flaw(
            path: "img-segment-count-wrong", kind: "one fewer",
            line: "esp_image: Checksum failed. Calculated 0x", damage: { $0[1] -= 1 }),
        Flaw(
            path: "img-segment-count-wrong", kind: "one more",
            line: "esp_image: invalid segment length 0x", damage: { $0[1] += 1 }),
        Flaw(
            path: "img-seg-len", kind: "no multiple of 4",
            line: "esp_image: invalid segment length 0x1f8d", damage: { $0[28] += 1 }),
        Flaw(
            path: "img-seg-len", kind: "16 MiB",
            line: "esp_image: invalid segment length 0x1000000",
            damage: { $0.replaceSubrange(28..<32, with: [0, 0, 0, 1]) }),
        Flaw(
            path: "img-seg-align",
            line: "esp_image: Segment 0 load address 0x3f400024, doesn't match data 0x00210020",
            edit: { $0.segments[0].loadAddress += 4 }),
        Flaw(
            path: "img-mmap-fail",
            line: "esp_image: bootloader_mmap(0x210020, 0xf00000) failed",
            damage: { $0.replaceSubrange(28..<32, with: [0, 0, 0xF0, 0]) }),
        Flaw(
            path: "img-len-exceeds-part",
            line: "esp_image: Image length 1048592 doesn't fit in partition length 1048576",
            isWritten: false, edit: { $0 = Fixture.image(size: (1 << 20) + 16) }),
        Flaw(
            path: "img-checksum", kind: "a bit of the data",
            line: "esp_image: Checksum failed. Calculated 0x", damage: { $0[1000] ^= 1 }),
        Flaw(
            path: "img-checksum", kind: "its own byte",
            line: "esp_image: Checksum failed. Calculated 0x",
            damage: { $0[$0.count - 33] ^= 1 }),
        Flaw(
            path: "img-sha256", kind: "two bits that cancel out",
            line: "esp_image: Image hash failed - image is corrupt",
            damage: {
                $0[1000] ^= 1
                $0[1004] ^= 1
            }),
        Flaw(
            path: "img-sha256", kind: "digest flag of 2",
            line: "esp_image: Image hash failed - image is corrupt",
            edit: { $0.header.digestFlag = 2 }, damage: { $0[$0.count - 1] ^= 1 }),
        Flaw(
            path: "img-sha256", kind: "a byte of the header",
            line: "esp_image: Image hash failed - image is corrupt", damage: { $0[4] ^= 4 }),
        Flaw(
            path: "img-sha256", kind: "a byte of the padding",
            line: "esp_image: Image hash failed - image is corrupt",
            damage: { $0[$0.count - 34] ^= 1 }),
        Flaw(
            path: "img-trunc", kind: "by 1",
            line: "esp_image: Image hash failed - image is corrupt", damage: { $0.removeLast() }),
        Flaw(
            path: "img-trunc", kind: "by 32",
            line: "esp_image: Image hash failed - image is corrupt",
            damage: { $0.removeLast(32) }),
        Flaw(
            path: "img-trunc", kind: "by 33", line: "esp_image: Checksum failed. Calculated 0x",
            end: " read 0xff", damage: { $0.removeLast(33) }),
        Flaw(
            path: "img-trunc", kind: "by half",
            line: "esp_image: invalid segment length 0xffffffff",
            damage: { $0.removeLast($0.count / 2) }),
        Flaw(
            path: "img-sector-damage", kind: "blank",
            line: "esp_image: Checksum failed. Calculated 0x",
            damage: { $0.replaceSubrange(sector(1), with: [UInt8](repeating: 0xFF, count: 4096)) }
        ),
        Flaw(
            path: "img-sector-damage", kind: "zeros",
            line: "esp_image: Checksum failed. Calculated 0x",
            damage: { $0.replaceSubrange(sector(1), with: [UInt8](repeating: 0, count: 4096)) }),
        Flaw(
            path: "img-sector-damage", kind: "swapped",
            line: "esp_image: Image hash failed - image is corrupt",
            damage: {
                let first = Array($0[sector(1)])
                $0.replaceSubrange(sector(1), with: $0[sector(2)])
                $0.replaceSubrange(sector(2), with: first)
            }),
        Flaw(
            path: "img-sector-damage", kind: "doubled",
            line: "esp_image: Checksum failed. Calculated 0x",
            damage: { $0.replaceSubrange(sector(2), with: $0[sector(1)]) }),
        Flaw(
            path: "img-sector-damage", kind: "bytes dropped",
            line: "esp_image: invalid segment length 0x",
            damage: { $0.removeSubrange(5000..<5100) }),
        Flaw(
            path: "img-sector-damage", kind: "of another version",
            line: "esp_image: Checksum failed. Calculated 0x",
            damage: {
                let other = Fixture.image("1.9.9", size: $0.count).bytes
                $0.replaceSubrange(sector(1), with: other[sector(1)])
            }),
    ]

    private func bytes(of flaw: Flaw) -> [UInt8] {
        let size = flaw.path == "img-sector-damage" ? 20480 : 8192
        var image = Fixture.image(size: size, chip: flaw.chip)
        flaw.edit(&image)
        image.seal()
        var bytes = image.bytes
        flaw.damage(&bytes)
        return bytes
    }

    /// ota_0 runs and is confirmed, and the flaw comes into ota_1, where nothing was before.
    @Test(
        .covers(
            "img-flash-magic", "img-chip-id", "img-min-rev", "img-max-rev", "img-efuse-blk-rev",
            "img-segment-count", "img-segment-count-wrong", "img-seg-len", "img-seg-align",
            "img-mmap-fail", "img-len-exceeds-part", "img-checksum", "img-sha256", "img-trunc",
            "img-sector-damage"),
        arguments: flaws)
    func everyFlawIsRefusedByTheAppAndTheBootloaderWithItsLine(flaw: Flaw) throws {
        #expect(Covers.current == Set(Self.flaws.map(\.path)))
        let file = self.bytes(of: flaw)
        let size = 1 << 20
        var otadata = OTAData()
        otadata[0] = OTASelectEntry(sequence: 1, state: .valid)
        try Bench.with { bench in
            board.chip_id = flaw.chip.rawValue
            board.efuse_block_revision = flaw.blockRevision
            bench.furnish(image: Fixture.image(chip: flaw.chip))
            bench.preset(Fixture.slots[1], [UInt8](repeating: 0xFF, count: size))
            bench.preset(otadata)
            #expect(bench.boot() == Fixture.slots[0])
            let slot = bench.slot(1)!
            _ = bench.log

            // esp_ota_end, or what a programmer has put there.
            if flaw.isWritten {
                #expect(bench.install(file, in: slot) == ESP_ERR_OTA_VALIDATE_FAILED)
                let lines = bench.lines.errors
                self.expect(lines, [flaw.line])
                #expect(lines.allSatisfy { $0.hasSuffix(flaw.end) }, "\(lines)")
            } else {
                bench.preset(Fixture.slots[1], file)
            }
            #expect(esp_ota_set_boot_partition(slot) == ESP_ERR_OTA_VALIDATE_FAILED)
            self.expect(bench.lines.errors, [flaw.line])
            #expect(bench.otadata == otadata)

            // What concerns the chip is said in silence, too.
            var image = image_t()
            let isOfTheChip = flaw.line.hasPrefix("boot_comm")
            for verifier in [IMAGE_BY_APP, IMAGE_BY_BOOTLOADER] {
                #expect(
                    image_verify(Fixture.slots[1], UInt32(size), verifier, true, &image)
                        == ESP_ERR_IMAGE_INVALID)
                self.expect(bench.lines, isOfTheChip ? [flaw.line] : [])
            }

            // The bootloader, of itself and when that slot is chosen.
            try #expect(bench.bootAgain() == Fixture.slots[0])
            #expect(bench.otadata == otadata)
            otadata[1] = OTASelectEntry(sequence: 2, state: .valid)
            bench.preset(otadata)
            _ = bench.log
            #expect(bench.boot() == Fixture.slots[0])
            self.expect(
                bench.lines.errors, [flaw.line, "boot: OTA app partition slot 1 is not bootable"])
            #expect(bench.otadata == otadata)
        }
    }

    /// That there are just these lines of an error.
    private func expect(
        _ lines: [String], _ beginnings: [String], _ location: SourceLocation = #_sourceLocation
    ) {
        let isRight =
            lines.count == beginnings.count
            && zip(lines, beginnings).allSatisfy { $0.hasPrefix("E " + $1) }
        #expect(isRight, "\(lines)", sourceLocation: location)
    }

    /// The order of the checks: with every flaw from one on, its line comes and no later one's.
    @Test func theFirstCheckThatFailsIsTheOneThatSpeaks() throws {
        let steps: [(line: String, edit: (inout [UInt8]) -> Void)] = [
            ("invalid magic byte", { $0[0] = 0 }), ("mismatch chip ID", { $0[12] = 2 }),
            ("chip rev >=", { $0.replaceSubrange(15..<17, with: [0xFF, 0xFF]) }),
            ("chip rev <=", { $0.replaceSubrange(17..<19, with: [1, 0]) }),
            ("segment count", { $0[1] = 200 }), ("invalid segment length", { $0[28] = 1 }),
            ("doesn't match data", { $0[24] = 0x30 }),
            ("bootloader_mmap(", { $0[30] = 0xF0 }),
            ("Checksum failed", { $0[$0.count - 33] ^= 1 }),
            ("Image hash failed", { $0[$0.count - 1] ^= 1 }),
        ]
        try Bench.with { bench in
            bench.furnish()
            for start in steps.indices {
                var bytes = Fixture.image().bytes
                for step in steps[start...].reversed() { step.edit(&bytes) }
                bench.preset(Fixture.slots[0], bytes)
                _ = bench.log
                var image = image_t()
                #expect(
                    image_verify(Fixture.slots[0], 1 << 20, IMAGE_BY_APP, false, &image)
                        == ESP_ERR_IMAGE_INVALID)
                let log = bench.log
                for (index, step) in steps.enumerated() {
                    #expect(log.contains(step.line) == (index == start), "\(step.line): \(log)")
                }
            }
        }
    }

    @Test func aSoundImageIsSaidSegmentBySegment() throws {
        let file = Fixture.image("3.2.1", size: 600_000)
        try Bench.with { bench in
            bench.furnish(image: file)
            var image = image_t()
            #expect(
                image_verify(Fixture.slots[1], 1 << 20, IMAGE_BY_BOOTLOADER, false, &image)
                    == ESP_OK)
            #expect(image.length == 600_000)
            #expect(image.has_descriptor)
            let log = bench.log.split(separator: "\n")
            try #require(log.count == file.segments.count)
            #expect(log[0].hasPrefix("I ("))
            #expect(log[0].contains("esp_image: segment 0: paddr=00210020 vaddr=3f400020 size="))
            #expect(log[0].hasSuffix(") map"))
            #expect(log[1].hasSuffix(") load"))
            #expect(log[3].hasSuffix(") "))
            #expect(log[4].hasSuffix(") map"))
            var digest = [UInt8](repeating: 0, count: 32)
            #expect(esp_partition_get_sha256(bench.slotAfterBoot(1), &digest) == ESP_OK)
            #expect(digest == file.digest)
        }
    }

    @Test func withoutADigestTheChecksumAloneProtects() throws {
        var file = Fixture.image()
        file.header.digestFlag = 0
        file.seal()
        var bytes = file.bytes
        bytes[1000] ^= 1
        bytes[1004] ^= 1
        try Bench.with { bench in
            bench.furnish()
            bench.preset(Fixture.slots[0], bytes)
            var image = image_t()
            #expect(image_verify(Fixture.slots[0], 1 << 20, IMAGE_BY_APP, false, &image) == ESP_OK)
            #expect(Int(image.length) == bytes.count)
            var digest = [UInt8](repeating: 0, count: 32)
            #expect(esp_partition_get_sha256(bench.slotAfterBoot(0), &digest) == ESP_OK)
            #expect(digest == SHA256.digest(of: bytes))
        }
    }

    @Test(.covers("img-partition-gt-16m")) func aSlotOverSixteenMegabytesIsRefused() throws {
        var table = PartitionTable.twoOTA
        table.partitions[5].size = (16 << 20) + 0x10000
        table.reseal()
        try Bench.with { bench in
            try FileManager.default.removeItem(at: bench.flash)
            board.flash_size = 32 << 20
            try bench.powerOn()
            bench.furnish()
            bench.preset(table)
            #expect(bench.boot() == Fixture.factory)
            _ = bench.log
            let slot = bench.slot(1)!
            #expect(bench.install(Fixture.image().bytes, in: slot) == ESP_ERR_OTA_VALIDATE_FAILED)
            self.expect(
                bench.lines,
                ["esp_image: partition size 0x1010000 invalid, larger than 16MB"])
            #expect(esp_ota_set_boot_partition(slot) == ESP_ERR_OTA_VALIDATE_FAILED)
            #expect(bench.otadata == OTAData())
        }
    }

    /// The app takes the image, and the bootloader does not: it boots what ran before, and gives the
    /// new app up in the next boot.
    @Test(
        .covers("boot-load-addr-invalid"),
        arguments: [
            (UInt32(0x3FFE_0000), "overlaps bootloader stack"),
            (0x3FFF_0000, "overlaps bootloader data"), (0x4007_8000, "overlaps loader IRAM"),
            (0x6000_0000, "bad load address range"), (0x3FF0_0000, "bad load address range"),
        ])
    func loadAddressesAreTheBootloadersBusinessAlone(address: UInt32, reason: String) throws {
        var file = Fixture.image()
        file.segments[1].loadAddress = address
        file.seal()
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            _ = bench.log
            #expect(bench.install(file.bytes, in: bench.slot(0)) == ESP_OK)
            #expect(bench.lines.errors == [])
            var otadata = OTAData()
            otadata[0] = OTASelectEntry(sequence: 1, state: .new)
            #expect(bench.otadata == otadata)
            for state in [OTASelectEntry.State.pendingVerify, .aborted] {
                #expect(bench.boot() == Fixture.factory)
                otadata[0] = OTASelectEntry(sequence: 1, state: state)
                #expect(bench.otadata == otadata)
                let range = "0x\(hex(address))-0x\(hex(address + 16))"
                self.expect(
                    bench.lines.errors,
                    state == .aborted
                        ? []
                        : [
                            "esp_image: Segment 1 \(range) invalid: \(reason)",
                            "boot: OTA app partition slot 0 is not bootable",
                        ])
            }
        }
    }

    private func hex(_ number: UInt32) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    @Test(.covers("arb-desc-assert")) func withAntiRollbackAWrongDescriptorPanicsTheApp() throws {
        var image = Fixture.image()
        image.segments[0].data[0] ^= 1
        image.seal()
        let file = image.bytes
        try Bench.with { bench in
            board.anti_rollback = true
            bench.furnish(hasFactory: false)
            #expect(bench.boot() == Fixture.slots[0])
            let otadata = bench.otadata
            let slot = bench.slot(1)!
            #expect(bench.run { _ = bench.install(file, in: slot) } == .reset(4))
            let log = bench.log
            #expect(log.contains("\nassert failed: process_esp_app_desc_data esp_image_format.c "))
            #expect(log.contains("data_buffer[0] == ESP_APP_DESC_MAGIC_WORD"))
            #expect(bench.read(Fixture.slots[1], file.count) == file)
            #expect(bench.otadata == otadata)
            try #expect(bench.bootAgain() == Fixture.slots[0])
        }
    }

    @Test func imagesOfEveryKnownChipVerifyOnThatChipOnly() throws {
        let chips: [Chip] = [
            .esp32, .esp32s2, .esp32c3, .esp32s3, .esp32c2, .esp32c6, .esp32h2, .esp32p4, .esp32c5,
        ]
        try Bench.with { bench in
            for own in chips {
                board.chip_id = own.rawValue
                for chip in chips {
                    bench.preset(Fixture.slots[0], Fixture.image(size: 200_000, chip: chip).bytes)
                    var image = image_t()
                    let error = image_verify(
                        Fixture.slots[0], 1 << 20, IMAGE_BY_BOOTLOADER, false, &image)
                    #expect((error == ESP_OK) == (own == chip), "\(own) \(chip) \(bench.log)")
                }
            }
        }
    }
}

extension Bench {
    /// A slot of a board that has booted to get its partitions.
    func slotAfterBoot(_ number: Int) -> UnsafePointer<esp_partition_t>! {
        self.boot()
        return self.slot(number)
    }
}
