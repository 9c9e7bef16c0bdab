@preconcurrency import Board
import FirmwareImage
import Testing

@Suite struct PartitionTests {
    @Test func aNewFlashHasTheTableOfESPIDF() throws {
        let image = Fixture.image().bytes
        try Bench.with { bench in
            #expect(
                partition_table_make(PARTITION_TABLE_TWO_OTA, 1 << 20, image, image.count)
                    == ESP_OK)
            #expect(bench.read(0x8000, 0xC00) == PartitionTable.twoOTA.bytes)
            #expect(bench.read(Fixture.factory, image.count) == image)
            #expect(flash_operations() == 0)
            #expect(bench.boot() == Fixture.factory)
        }
    }

    @Test func aTableWithoutFactoryIsSoundAndBootsItsImage() throws {
        let image = Fixture.image().bytes
        try Bench.with { bench in
            #expect(
                partition_table_make(PARTITION_TABLE_NO_FACTORY, 0x180000, image, image.count)
                    == ESP_OK)
            let table = PartitionTable(reading: bench.read(0x8000, 0xC00))
            #expect(table.problems(flashSize: 4 << 20) == [])
            #expect(
                table.partitions.map(\.label) == ["nvs", "otadata", "phy_init", "ota_0", "ota_1"])
            #expect(table.otaSlots.map(\.offset) == [0x10000, 0x190000])
            #expect(bench.boot() == 0x10000)
        }
    }

    @Test func aTableThatDoesNotFitIsNotMade() throws {
        try Bench.with { bench in
            let layout = PARTITION_TABLE_TWO_OTA
            #expect(partition_table_make(layout, 0x1000, nil, 0) == ESP_ERR_INVALID_ARG)
            #expect(partition_table_make(layout, 0, nil, 0) == ESP_ERR_INVALID_ARG)
            #expect(partition_table_make(layout, 0x160000, nil, 0) == ESP_ERR_INVALID_SIZE)
            let image = [UInt8](repeating: 0, count: 0x10001)
            #expect(
                partition_table_make(layout, 0x10000, image, image.count) == ESP_ERR_INVALID_SIZE)
            #expect(bench.read(0x8000, 0xC00).allSatisfy { $0 == 0xFF })
        }
    }

    @Test func theBootLogListsTheTable() throws {
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            let lines = bench.log.split(separator: "\n").map { $0.drop { $0 != ":" }.dropFirst(2) }
            let start = try #require(lines.firstIndex { $0 == "Partition Table:" })
            #expect(
                lines[start..<start + 9] == [
                    "Partition Table:",
                    "## Label            Usage          Type ST Offset   Length",
                    " 0 nvs              WiFi data        01 02 00009000 00004000",
                    " 1 otadata          OTA data         01 00 0000d000 00002000",
                    " 2 phy_init         RF data          01 01 0000f000 00001000",
                    " 3 factory          factory app      00 00 00010000 00100000",
                    " 4 ota_0            OTA app          00 10 00110000 00100000",
                    " 5 ota_1            OTA app          00 11 00210000 00100000",
                    "End of partition table",
                ])
            #expect(lines.contains("Loaded app from partition at offset 0x10000"))
        }
    }

    @Test(
        .covers("boot-ptable-bad"),
        arguments: [
            (0, UInt8(0), "partition 0 invalid magic number 0x5000"),
            (4, 1, "Incorrect MD5 checksum"), (6 * 32 + 20, 1, "Incorrect MD5 checksum"),
            (6 * 32, 0, "partition 6 invalid magic number"),
            (7 * 32, 0, "partition 7 invalid magic number"),
            (
                5 * 32 + 7, 0x7F,
                "partition 5 invalid - offset 0x7f210000 size 0x100000 exceeds flash"
            ),
        ])
    func aDamagedTableBootsNothing(place: Int, byte: UInt8, line: String) throws {
        var bytes = PartitionTable.twoOTA.bytes
        bytes[place] = byte
        try Bench.with { bench in
            bench.furnish()
            bench.preset(0x8000, bytes)
            #expect(bench.boot() == nil)
            let errors = bench.lines.errors
            #expect(errors.count == 3 && errors[0].hasPrefix("E flash_parts: \(line)"), "\(errors)")
            #expect(
                errors.dropFirst() == [
                    "E boot: Failed to verify partition table",
                    "E boot: load partition table error!",
                ])
            #expect(bench.otadata == OTAData())
            let any = esp_partition_find_first(
                ESP_PARTITION_TYPE_ANY, ESP_PARTITION_SUBTYPE_ANY, nil)
            #expect(any == nil)
        }
    }

    @Test func aTableWithoutMD5OrEndIsRefused() throws {
        var rows: [UInt8] = PartitionTable.twoOTA.partitions.flatMap(\.bytes)
        try Bench.with { bench in
            bench.preset(0x8000, rows)
            #expect(bench.boot() == nil)
            #expect(bench.log.contains("flash_parts: No MD5 checksum found in partition table"))
            rows = Array(repeating: Array(rows.prefix(32)), count: 96).flatMap { $0 }
            bench.preset(0x8000, rows)
            #expect(bench.boot() == nil)
            #expect(bench.log.contains("flash_parts: partition table has no terminating entry"))
        }
    }

    @Test func partitionsAreFoundByTypeSubtypeAndLabel() throws {
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            func find(
                _ type: esp_partition_type_t, _ subtype: esp_partition_subtype_t, _ label: String?
            ) -> [UInt32] {
                var found: [UInt32] = []
                var iterator = esp_partition_find(type, subtype, label)
                while let place = iterator {
                    found.append(esp_partition_get(place).pointee.address)
                    iterator = esp_partition_next(place)
                }
                return found
            }
            let (app, any) = (ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_ANY)
            #expect(find(app, any, nil) == [0x10000, 0x110000, 0x210000])
            #expect(find(ESP_PARTITION_TYPE_ANY, any, nil).count == 6)
            #expect(find(ESP_PARTITION_TYPE_ANY, any, "otadata") == [0xD000])
            #expect(find(app, any, "ota_1") == [0x210000])
            #expect(find(app, any, "nvs") == [])
            #expect(find(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, nil) == [0x9000])
            #expect(find(ESP_PARTITION_TYPE_ANY, ESP_PARTITION_SUBTYPE_DATA_NVS, nil) == [])
            let iterator = esp_partition_find(app, any, nil)
            esp_partition_iterator_release(iterator)
            var copy = bench.slot(0).pointee
            #expect(esp_partition_verify(&copy) == UnsafePointer(bench.slot(0)!))
            copy.size -= 1
            #expect(esp_partition_verify(&copy) == nil)
        }
    }

    @Test func readingWritingAndErasingStayInside() throws {
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            let nvs = esp_partition_find_first(
                ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_NVS, nil)!
            var bytes: [UInt8] = [1, 2]
            #expect(esp_partition_write(nvs, 0x3FFE, bytes, 2) == ESP_OK)
            bytes = [0, 0]
            #expect(esp_partition_read(nvs, 0x3FFE, &bytes, 2) == ESP_OK)
            #expect(bytes == [1, 2])
            #expect(bench.read(0xCFFE, 2) == [1, 2])
            #expect(esp_partition_read(nvs, 0x3FFF, &bytes, 2) == ESP_ERR_INVALID_SIZE)
            #expect(esp_partition_read(nvs, 0x4001, &bytes, 0) == ESP_ERR_INVALID_ARG)
            #expect(esp_partition_write(nvs, 0x3FFF, bytes, 2) == ESP_ERR_INVALID_SIZE)
            #expect(esp_partition_write(nvs, 0, nil, 2) == ESP_ERR_INVALID_ARG)
            #expect(esp_partition_erase_range(nvs, 0, 0x5000) == ESP_ERR_INVALID_SIZE)
            #expect(esp_partition_erase_range(nvs, 0, 100) == ESP_ERR_INVALID_SIZE)
            #expect(esp_partition_erase_range(nvs, 100, 0x1000) == ESP_ERR_INVALID_ARG)
            var pointer: UnsafeRawPointer?
            var handle: esp_partition_mmap_handle_t = 0
            #expect(
                esp_partition_mmap(nvs, 0x3FFE, 2, ESP_PARTITION_MMAP_DATA, &pointer, &handle)
                    == ESP_OK)
            #expect(pointer?.load(as: UInt8.self) == 1)
            #expect(esp_partition_erase_range(nvs, 0x3000, 0x1000) == ESP_OK)
            #expect(pointer?.load(as: UInt8.self) == 0xFF)
            esp_partition_munmap(handle)
            var digest = [UInt8](repeating: 0, count: 32)
            #expect(esp_partition_get_sha256(nvs, &digest) == ESP_OK)
            #expect(digest == SHA256.digest(of: bench.read(0x9000, 0x4000)))
            #expect(esp_partition_check_identity(bench.slot(0), bench.slot(1)))
            bench.preset(Fixture.slots[0] + 1000, [0, 0, 0, 0])
            #expect(!esp_partition_check_identity(bench.slot(0), bench.slot(1)))
            #expect(esp_partition_get_sha256(bench.slot(0), &digest) == ESP_ERR_IMAGE_INVALID)
        }
    }
}
