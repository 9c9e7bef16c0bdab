@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

@Suite struct UpdateTests {
    private static let sequential = Int(OTA_WITH_SEQUENTIAL_WRITES)

    @Test func anImageOf165616BytesIs203OperationsAndTwoOfOtadata() throws {
        let file = Fixture.image(size: 165_616).bytes
        try Bench.with { bench in
            bench.furnish()
            #expect(bench.boot() == Fixture.factory)
            let stream = try #require(tmpfile())
            flash_trace(stream)
            #expect(bench.install(file, in: bench.slot(0)) == ESP_OK)
            flash_trace(nil)
            #expect(flash_operations() == 205)
            rewind(stream)
            var text = [UInt8](repeating: 0, count: 8192)
            let lines = String(
                decoding: text[..<fread(&text, 1, text.count, stream)], as: UTF8.self
            )
            .split(separator: "\n")
            fclose(stream)
            try #require(lines.count == 205)
            #expect(
                lines[..<6] == [
                    "E 0x110000", "W 0x110000 0x400", "W 0x110400 0x400", "W 0x110800 0x400",
                    "W 0x110c00 0x400", "E 0x111000",
                ])
            #expect(lines[203...] == ["E 0x00d000", "W 0x00d000 0x20"])
            #expect(bench.read(Fixture.slots[0], file.count) == file)
        }
    }

    @Test func updatesGoRoundTheSlotsAsFirmwareImageSays() throws {
        try Bench.with { bench in
            bench.furnish()
            var expected = OTAData()
            var place = try #require(bench.boot())
            for (round, slot) in [0, 1, 0, 1].enumerated() {
                let next = try #require(esp_ota_get_next_update_partition(nil))
                #expect(next.pointee.address == Fixture.slots[slot])
                let file = Fixture.image("2.\(round)").bytes
                #expect(bench.install(file, in: next) == ESP_OK)
                expected.select(slot: slot, of: 2, state: .new)
                #expect(bench.otadata == expected)
                #expect(esp_ota_get_boot_partition() == next)
                #expect(esp_ota_get_running_partition().pointee.address == place)
                place = try #require(bench.boot())
                #expect(place == Fixture.slots[slot])
                var version = esp_app_get_description().pointee.version
                #expect(withUnsafeBytes(of: &version) { $0.starts(with: "2.\(round)\0".utf8) })
                var state = ESP_OTA_IMG_UNDEFINED
                #expect(esp_ota_get_state_partition(bench.slot(slot), &state) == ESP_OK)
                #expect(state == ESP_OTA_IMG_PENDING_VERIFY)
                #expect(esp_ota_mark_app_valid_cancel_rollback() == ESP_OK)
                let before = flash_operations()
                #expect(esp_ota_mark_app_valid_cancel_rollback() == ESP_OK)
                #expect(flash_operations() == before)
                expected = bench.otadata
                #expect(expected.entries.filter { $0.state == .valid }.count == min(round + 1, 2))
            }
        }
    }

    @Test(.covers("begin-not-ota-type")) func whatCannotBeginDoesNot() throws {
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            var handle: esp_ota_handle_t = 0
            let slot = bench.slot(0)!
            let factory = esp_partition_find_first(
                ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_FACTORY, nil)!
            #expect(esp_ota_begin(nil, 0, &handle) == ESP_ERR_INVALID_ARG)
            #expect(esp_ota_begin(slot, 0, nil) == ESP_ERR_INVALID_ARG)
            #expect(esp_ota_begin(factory, 0, &handle) == ESP_ERR_INVALID_ARG)
            var foreign = slot.pointee
            foreign.address += 0x1000
            #expect(esp_ota_begin(&foreign, 0, &handle) == ESP_ERR_NOT_FOUND)
            #expect(esp_ota_begin(slot, (1 << 20) + 1, &handle) == ESP_ERR_INVALID_SIZE)
            #expect(flash_operations() == 0)
            #expect(bench.install(Fixture.image("2").bytes, in: slot) == ESP_OK)
            #expect(bench.boot() == Fixture.slots[0])
            _ = bench.log
            #expect(esp_ota_begin(slot, 0, &handle) == ESP_ERR_OTA_PARTITION_CONFLICT)
            #expect(
                esp_ota_begin(bench.slot(1), 0, &handle) == ESP_ERR_OTA_ROLLBACK_INVALID_STATE)
            #expect(
                bench.log.contains(
                    "esp_ota_ops: Running app has not confirmed state (ESP_OTA_IMG_PENDING_VERIFY)")
            )
            board.rollback = false
            #expect(esp_ota_begin(bench.slot(1), 4097, &handle) == ESP_OK)
            #expect(esp_ota_abort(handle) == ESP_OK)
        }
    }

    @Test func whatIsErasedAtTheBeginningDependsOnTheSize() throws {
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            for (size, sectors) in [
                (1, 1), (4096, 1), (4097, 2), (0, 256), (Int(OTA_SIZE_UNKNOWN), 256),
                (Self.sequential, 0),
            ] {
                let before = flash_operations()
                var handle: esp_ota_handle_t = 0
                #expect(esp_ota_begin(bench.slot(0), size, &handle) == ESP_OK)
                #expect(Int(flash_operations() - before) == sectors)
                #expect(esp_ota_abort(handle) == ESP_OK)
                #expect(esp_ota_abort(handle) == ESP_ERR_NOT_FOUND)
            }
        }
    }

    @Test func aWrongFirstByteCostsOneErasure() throws {
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            _ = bench.log
            let page = Array("<html>".utf8)
            #expect(bench.install(page, in: bench.slot(0)) == ESP_ERR_OTA_VALIDATE_FAILED)
            #expect(flash_operations() == 1)
            #expect(
                bench.log.contains(
                    "esp_ota_ops: OTA image has invalid magic byte (expected 0xE9, saw 0x3c)"))
        }
    }

    @Test func anImageLargerThanTheSlotFailsWhenTheSlotIsFull() throws {
        let file = Fixture.image(size: (1 << 20) + 1024).bytes
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            #expect(bench.install(file, in: bench.slot(0)) == ESP_ERR_INVALID_SIZE)
            #expect(flash_operations() == 256 + 1024)
            #expect(bench.otadata == OTAData())
        }
    }

    @Test(.covers("write-bad-handle")) func wrongHandlesAndDataAreSaid() throws {
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            var handle: esp_ota_handle_t = 0
            #expect(esp_ota_begin(bench.slot(0), Self.sequential, &handle) == ESP_OK)
            _ = bench.log
            #expect(esp_ota_write(handle, nil, 1) == ESP_ERR_INVALID_ARG)
            #expect(bench.lines == ["E esp_ota_ops: write data is invalid"])
            #expect(esp_ota_write(handle &+ 100, [1] as [UInt8], 1) == ESP_ERR_INVALID_ARG)
            #expect(bench.lines == ["E esp_ota_ops: not found the handle"])
            #expect(esp_ota_end(handle) == ESP_ERR_INVALID_ARG)
            #expect(esp_ota_end(handle) == ESP_ERR_NOT_FOUND)
        }
    }

    @Test func flashErrorsEndAnUpdate() throws {
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            let file = Fixture.image("2").bytes
            for operation in 1...12 as ClosedRange<UInt32> {
                try bench.bootAgain()
                bench.preset(OTAData())
                flash_fail_at(operation)
                #expect(bench.install(file, in: bench.slot(0)) == ESP_ERR_FLASH_OP_FAIL)
                #expect(flash_operations() == operation)
            }
            try bench.bootAgain()
            #expect(bench.install(file, in: bench.slot(0)) == ESP_OK)
        }
    }

    @Test func aReadOnlySlotIsNotWritten() throws {
        var table = PartitionTable.twoOTA
        let index = try #require(table.partitions.firstIndex { $0.kind == .ota(0) })
        table.partitions[index].flags = .readonly
        table.reseal()
        try Bench.with { bench in
            bench.furnish()
            bench.preset(table)
            bench.boot()
            #expect(
                bench.install(Fixture.image().bytes, in: bench.slot(0)) == ESP_ERR_NOT_ALLOWED)
            #expect(flash_operations() == 0)
        }
    }

    @Test func piecesCanBeWrittenInAnyOrderIntoAnErasedSlot() throws {
        let file = Fixture.image("2").bytes
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            var handle: esp_ota_handle_t = 0
            #expect(esp_ota_begin(bench.slot(0), file.count, &handle) == ESP_OK)
            for start in stride(from: 0, to: file.count, by: 2048).reversed() {
                let part = Array(file[start..<start + 2048])
                #expect(
                    esp_ota_write_with_offset(handle, part, part.count, UInt32(start)) == ESP_OK)
            }
            #expect(esp_ota_end(handle) == ESP_OK)
            #expect(esp_ota_begin(bench.slot(0), Self.sequential, &handle) == ESP_OK)
            let opened = handle
            #expect(
                bench.run { esp_ota_write_with_offset(opened, file, 16, 0) } == .reset(4))
        }
    }

    /// Erasing stops with the bytes, and so a slot that held the same image completes a download.
    @Test func aDownloadCutAtASectorPassesOnAWarmSlotAndNotOnAColdOne() throws {
        let file = Fixture.image("2", size: 12_288).bytes
        let cut = Array(file[..<8192])
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            bench.preset(Fixture.slots[0], file)
            bench.preset(Fixture.slots[1], [UInt8](repeating: 0xFF, count: file.count))
            #expect(bench.install(cut, in: bench.slot(0)) == ESP_OK)
            #expect(bench.install(cut, in: bench.slot(1)) == ESP_ERR_OTA_VALIDATE_FAILED)
        }
    }

    @Test func anUpdateIsVerifiedTwice() throws {
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            _ = bench.log
            #expect(bench.install(Fixture.image("2").bytes, in: bench.slot(0)) == ESP_OK)
            let lines = bench.log.split(separator: "\n").filter {
                $0.contains("esp_image: segment 0: paddr=00110020 vaddr=3f400020")
            }
            #expect(lines.count == 2)
        }
    }

    /// Whatever the driver says: the bits are looked at when the image is verified.
    @Test(.covers("write-no-verify")) func bitsThatTheFlashDoesNotKeepAreFoundAtTheEnd() throws {
        let file = Fixture.image("2").bytes
        try Bench.with { bench in
            bench.furnish()
            bench.boot()
            var handle: esp_ota_handle_t = 0
            #expect(esp_ota_begin(bench.slot(0), file.count, &handle) == ESP_OK)
            // Cells that do not erase any more.
            bench.preset(Fixture.slots[0] + 4000, [0, 0, 0, 0])
            _ = bench.log
            #expect(esp_ota_write(handle, file, file.count) == ESP_OK)
            #expect(bench.lines == [])
            #expect(esp_ota_end(handle) == ESP_ERR_OTA_VALIDATE_FAILED)
            #expect(bench.lines.errors.have("E esp_image: Checksum failed. Calculated 0x"))
            #expect(bench.otadata == OTAData())
        }
    }
}
