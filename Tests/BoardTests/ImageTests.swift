@preconcurrency import Board
import FirmwareImage
import Testing

@Suite struct ImageTests {
    /// Something wrong with an image, and what a board says of it.
    struct Flaw: Sendable, CustomTestStringConvertible {
        let name: String
        let line: String
        var chip = Chip.esp32
        /// Changes the parts; they are sealed afterwards.
        var edit: @Sendable (inout AppImage) -> Void = { _ in }
        /// Changes the file.
        var damage: @Sendable (inout [UInt8]) -> Void = { _ in }
        var testDescription: String { self.name }
    }

    static let flaws = [
        Flaw(
            name: "img-flash-magic",
            line: "esp_image: image at 0x110000 has invalid magic byte (nothing flashed here?)",
            damage: { $0[0] = 0xFF }),
        Flaw(
            name: "img-chip-id", line: "boot_comm: mismatch chip ID, expected 0, found 5",
            edit: { $0.header.chipID = 5 }),
        Flaw(
            name: "img-min-rev",
            line: "boot_comm: Image requires chip rev >= v3.1, but chip is v3.0",
            edit: { $0.header.minChipRevision = 301 }),
        Flaw(
            name: "img-max-rev",
            line: "boot_comm: Image requires chip rev <= v2.99, but chip is v3.0",
            edit: { $0.header.maxChipRevision = 299 }),
        Flaw(
            name: "img-efuse-blk-rev",
            line: "boot_comm: Image requires efuse blk rev >= v1.2, but chip is v0.0",
            chip: .esp32c3,
            edit: { $0.segments[0].data.replaceSubrange(176..<178, with: [102, 0]) }),
        Flaw(
            name: "img-efuse-blk-rev at most",
            line: "boot_comm: Image requires efuse blk rev <= v0.1, but chip is v0.2",
            chip: .esp32c3, edit: { $0.segments[0].data.replaceSubrange(178..<180, with: [1, 0]) }),
        Flaw(
            name: "img-segment-count",
            line: "esp_image: image at 0x110000 segment count 17 exceeds",
            damage: { $0[1] = 17 }),
        Flaw(
            name: "img-segment-count-wrong, one fewer", line: "esp_image: Checksum failed.",
            damage: { $0[1] -= 1 }),
        Flaw(
            name: "img-segment-count-wrong, one more", line: "esp_image: invalid segment length 0x",
            damage: { $0[1] += 1 }),
        Flaw(
            name: "img-seg-len, odd", line: "esp_image: invalid segment length 0x",
            damage: { $0[28] += 1 }),
        Flaw(
            name: "img-seg-len, 16 MiB", line: "esp_image: invalid segment length 0x1000000",
            damage: { $0.replaceSubrange(28..<32, with: [0, 0, 0, 1]) }),
        Flaw(
            name: "img-seg-align",
            line: "esp_image: Segment 0 load address 0x3f400024, doesn't match data 0x00110020",
            edit: { $0.segments[0].loadAddress += 4 }),
        Flaw(
            name: "img-mmap-fail", line: "esp_image: bootloader_mmap(0x110020, 0xf00000) failed",
            damage: { $0.replaceSubrange(28..<32, with: [0, 0, 0xF0, 0]) }),
        Flaw(
            name: "img-len-exceeds-part",
            line: "esp_image: Image length 1048592 doesn't fit in partition length 1048576",
            edit: { $0 = Fixture.image(size: (1 << 20) + 16) }),
        Flaw(
            name: "img-checksum", line: "esp_image: Checksum failed. Calculated 0x",
            damage: { $0[1000] ^= 1 }),
        Flaw(
            name: "img-sha256", line: "esp_image: Image hash failed - image is corrupt",
            damage: {
                $0[1000] ^= 1
                $0[1004] ^= 1
            }),
        Flaw(
            name: "img-sha256, digest flag of 2", line: "esp_image: Image hash failed",
            edit: { $0.header.digestFlag = 2 }, damage: { $0[$0.count - 1] ^= 1 }),
        Flaw(
            name: "img-sha256, header", line: "esp_image: Image hash failed",
            damage: { $0[4] ^= 4 }),
        Flaw(
            name: "img-trunc by 1", line: "esp_image: Image hash failed",
            damage: { $0.removeLast() }),
        Flaw(
            name: "img-trunc by 32", line: "esp_image: Image hash failed",
            damage: { $0.removeLast(32) }),
        Flaw(
            name: "img-trunc by 33", line: "read 0xff", damage: { $0.removeLast(33) }),
        Flaw(
            name: "img-trunc before the second segment",
            line: "esp_image: invalid segment length 0xffffffff",
            damage: { bytes in
                let length = Int(bytes[28]) | Int(bytes[29]) << 8 | Int(bytes[30]) << 16
                bytes.removeLast(bytes.count - 32 - length)
            }),
        Flaw(
            name: "img-sector-damage, one of 0xFF", line: "esp_image: ",
            damage: { $0.replaceSubrange(4096..<8192, with: [UInt8](repeating: 0xFF, count: 4096)) }
        ),
        Flaw(
            name: "img-sector-damage, swapped", line: "esp_image: Image hash failed",
            damage: {
                let first = Array($0[4096..<5120])
                $0.replaceSubrange(4096..<5120, with: $0[5120..<6144])
                $0.replaceSubrange(5120..<6144, with: first)
            }),
    ]

    private func bytes(of flaw: Flaw) -> [UInt8] {
        var image = Fixture.image(chip: flaw.chip)
        flaw.edit(&image)
        image.seal()
        var bytes = image.bytes
        flaw.damage(&bytes)
        return bytes
    }

    @Test(arguments: flaws)
    func everyFlawIsRefusedByTheAppAndTheBootloaderWithItsLine(flaw: Flaw) throws {
        try Bench.with { bench in
            board.chip_id = flaw.chip.rawValue
            if flaw.name.hasSuffix("at most") { board.efuse_block_revision = 2 }
            bench.furnish(image: Fixture.image(chip: flaw.chip))
            let size = 1 << 20
            bench.preset(Fixture.slots[0], [UInt8](repeating: 0xFF, count: size))
            bench.preset(Fixture.slots[0], self.bytes(of: flaw))
            bench.boot()
            _ = bench.log
            for verifier in [IMAGE_BY_APP, IMAGE_BY_BOOTLOADER] {
                var image = image_t()
                #expect(
                    image_verify(Fixture.slots[0], UInt32(size), verifier, false, &image)
                        == ESP_ERR_IMAGE_INVALID)
                let log = bench.log
                #expect(log.contains(flaw.line), "\(log)")
                #expect(log.filter { $0 == "E" }.count >= 1)
                #expect(
                    image_verify(Fixture.slots[0], UInt32(size), verifier, true, &image)
                        == ESP_ERR_IMAGE_INVALID)
                // What concerns the chip is said in silence, too.
                #expect(bench.log.contains("boot_comm") == flaw.line.hasPrefix("boot_comm"))
            }
            let before = bench.otadata
            #expect(esp_ota_set_boot_partition(bench.slot(0)) == ESP_ERR_OTA_VALIDATE_FAILED)
            #expect(bench.otadata == before)
        }
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

    @Test func aPartitionOverSixteenMegabytesIsRefused() throws {
        try Bench.with { bench in
            var image = image_t()
            #expect(
                image_verify(0x10000, (16 << 20) + 1, IMAGE_BY_APP, false, &image)
                    == ESP_ERR_INVALID_ARG)
            #expect(bench.log.contains("partition size 0x1000001 invalid, larger than 16MB"))
        }
    }

    @Test(arguments: [
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
            bench.preset(Fixture.slots[0], file.bytes)
            var otadata = OTAData()
            otadata[0] = OTASelectEntry(sequence: 1, state: .valid)
            bench.preset(otadata)
            #expect(bench.boot() == Fixture.factory)
            let log = bench.log
            #expect(log.contains("invalid: \(reason)"), "\(log)")
            #expect(log.contains("boot: OTA app partition slot 0 is not bootable"))
            #expect(esp_ota_set_boot_partition(bench.slot(0)) == ESP_OK)
        }
    }

    @Test func withAntiRollbackAWrongDescriptorPanicsTheApp() throws {
        var bytes = Fixture.image()
        bytes.segments[0].data[0] ^= 1
        bytes.seal()
        let file = bytes.bytes
        try Bench.with { bench in
            board.anti_rollback = true
            bench.furnish(hasFactory: false)
            #expect(bench.boot() == Fixture.slots[0])
            let slot = bench.slot(1)!
            #expect(bench.run { _ = bench.install(file, in: slot) } == .reset(4))
            #expect(bench.log.contains("assert failed: process_esp_app_desc_data"))
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
