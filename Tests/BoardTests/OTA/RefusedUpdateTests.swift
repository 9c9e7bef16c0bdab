@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// esp_https_ota, where the board does not take what it writes.
    @Suite(.timeLimit(.minutes(3))) struct RefusedUpdateTests {
        private static let file = Fixture.image("2.0.0").bytes
        private static let valid = OTASelectEntry(sequence: 1, state: .valid)

        /// A board that runs ota_0, unless a test does otherwise, and is offered an image.
        private func offer(
            _ file: [UInt8] = file, prepare: (Bench) throws -> Void,
            _ use: ((esp_https_ota_config_t) -> esp_err_t)? = nil,
            _ expect: (Bench, esp_err_t, [String]) throws -> Void
        ) throws {
            let server = try OTAServer(file)
            try Bench.with { bench in
                bench.furnish()
                bench.preset(OTAData(Self.valid, .blank))
                try prepare(bench)
                try #require(bench.boot() == Fixture.slots[0])
                #expect(esp_event_loop_create_default() == ESP_OK)
                defer { esp_event_loop_delete_default() }
                _ = bench.log
                let url = strdup(server.url + "/image")
                let pem = strdup("unused over http")
                defer { free(url); free(pem) }
                var http = esp_http_client_config_t()
                http.url = UnsafePointer(url)
                http.cert_pem = UnsafePointer(pem)
                let error = withUnsafePointer(to: http) { http in
                    var config = esp_https_ota_config_t()
                    config.http_config = http
                    return use?(config) ?? esp_https_ota(&config)
                }
                try expect(bench, error, bench.lines)
            }
        }

        @Test(.covers("begin-pending-verify")) func anUnconfirmedAppCannotBeUpdated() throws {
            let new = OTASelectEntry(sequence: 1, state: .new)
            try self.offer(prepare: { $0.preset(OTAData(new, .blank)) }) { bench, error, lines in
                #expect(error == 0x1506)
                #expect(
                    lines.errors == [
                        "E esp_ota_ops: Running app has not confirmed state (ESP_OTA_IMG_PENDING_VERIFY)",
                        "E esp_https_ota: esp_ota_begin failed (ESP_ERR_OTA_ROLLBACK_INVALID_STATE)",
                    ])
                #expect(bench.otadata[0] == OTASelectEntry(sequence: 1, state: .pendingVerify))
                #expect(bench.otadata[1] == .blank)
                // What the bootloader has noted, and nothing else.
                #expect(flash_operations() == 2)
            }
        }

        @Test(.covers("begin-running-slot")) func theOnlySlotCannotBeUpdated() throws {
            var table = PartitionTable.twoOTA
            table.partitions.removeAll { $0.kind == .ota(1) }
            table.reseal()
            try self.offer(prepare: { $0.preset(table) }) { bench, error, lines in
                #expect(error == 0x1501)
                #expect(
                    lines.errors == [
                        "E esp_https_ota: esp_ota_begin failed (ESP_ERR_OTA_PARTITION_CONFLICT)"
                    ])
                #expect(bench.otadata == OTAData(Self.valid, .blank))
                #expect(flash_operations() == 0)
            }
        }

        @Test(.covers("write-flash-error"), arguments: [1, 2, 5] as [UInt32])
        func aFlashThatFailsEndsTheUpdate(operation: UInt32) throws {
            try self.offer(prepare: { _ in flash_fail_at(operation) }) { bench, error, lines in
                #expect(error == ESP_ERR_FLASH_OP_FAIL)
                #expect(
                    lines.errors == ["E esp_https_ota: Error: esp_ota_write failed! err=0x6001"])
                #expect(bench.otadata == OTAData(Self.valid, .blank))
                try #expect(bench.bootAgain() == Fixture.slots[0])
            }
        }

        @Test(.covers("write-flash-error")) func aReadOnlySlotEndsTheUpdate() throws {
            var table = PartitionTable.twoOTA
            table.partitions[5].flags = .readonly
            table.reseal()
            try self.offer(prepare: { $0.preset(table) }) { bench, error, lines in
                #expect(error == ESP_ERR_NOT_ALLOWED)
                let number = String(ESP_ERR_NOT_ALLOWED, radix: 16)
                #expect(
                    lines.errors == [
                        "E esp_https_ota: Error: esp_ota_write failed! err=0x\(number)"
                    ])
                #expect(bench.otadata == OTAData(Self.valid, .blank))
                #expect(flash_operations() == 0)
            }
        }

        @Test(.covers("setboot-reverify-fail")) func theSecondLookMayFindTheImageBroken() throws {
            let spoil = { (config: esp_https_ota_config_t) in
                Spoiler.start(after: Fixture.image().segments.count)
                defer { Spoiler.stop() }
                var config = config
                return esp_https_ota(&config)
            }
            try self.offer(prepare: { _ in }, spoil) { bench, error, lines in
                #expect(error == 0x1503)
                let errors = lines.errors
                #expect(errors.count == 2, "\(lines)")
                #expect(errors.have("E esp_image: Checksum failed. Calculated 0x"))
                #expect(
                    errors.last == "E esp_https_ota: esp_ota_set_boot_partition failed! err=0x1503")
                #expect(bench.otadata == OTAData(Self.valid, .blank))
                try #expect(bench.bootAgain() == Fixture.slots[0])
            }
        }

        /// An empty first segment is none that is taken for a descriptor.
        @Test(.covers("setboot-no-desc")) func antiRollbackTakesNothingWithoutADescriptor() throws {
            var image = Fixture.image()
            image.segments[0].data = []
            image.segments[1].data += [UInt8](repeating: 0, count: 4096)
            image.seal()
            let prepare = { (bench: Bench) in
                board.anti_rollback = true
                bench.preset(Fixture.noFactory)
            }
            try self.offer(image.bytes, prepare: prepare) { bench, error, lines in
                #expect(error == ESP_ERR_NOT_FOUND)
                #expect(
                    lines.errors == [
                        "E esp_https_ota: esp_ota_set_boot_partition failed! err=0x105"
                    ])
                #expect(bench.otadata == OTAData(Self.valid, .blank))
                #expect(bench.read(Fixture.slots[1], image.count) == image.bytes)
                try #expect(bench.bootAgain() == Fixture.slots[0])
            }
        }

        /// Eight writes of 1024 bytes in two sectors, and then otadata's erasure and write.
        @Test(.covers("setboot-flash-fail"), arguments: [11, 12] as [UInt32])
        func aChoiceThatCannotBeWrittenIsNone(operation: UInt32) throws {
            let old = OTASelectEntry(sequence: 0, state: .invalid)
            let prepare = { (bench: Bench) in
                bench.preset(OTAData(Self.valid, old))
                flash_fail_at(operation)
            }
            try self.offer(prepare: prepare) { bench, error, lines in
                #expect(error == ESP_ERR_FLASH_OP_FAIL)
                #expect(flash_operations() == operation)
                #expect(
                    lines.errors == [
                        "E esp_https_ota: esp_ota_set_boot_partition failed! err=0x6001"
                    ])
                #expect(bench.otadata == OTAData(Self.valid, operation == 11 ? old : .blank))
                try #expect(bench.bootAgain() == Fixture.slots[0])
            }
        }

        @Test(.covers("finish-bad-state")) func anUpdateThatIsOverGoesNoFurther() throws {
            let use = { (config: esp_https_ota_config_t) in
                var config = config
                var handle: esp_https_ota_handle_t?
                #expect(esp_https_ota_begin(&config, &handle) == ESP_OK)
                var error: esp_err_t
                repeat {
                    error = esp_https_ota_perform(handle)
                } while error == ESP_ERR_HTTPS_OTA_IN_PROGRESS
                #expect(error == ESP_OK)
                error = esp_https_ota_perform(handle)
                #expect(esp_https_ota_abort(handle) == ESP_OK)
                #expect(esp_https_ota_abort(nil) == ESP_ERR_INVALID_ARG)
                #expect(esp_https_ota_finish(nil) == ESP_ERR_INVALID_ARG)
                return error
            }
            try self.offer(prepare: { _ in }, use) { bench, error, lines in
                #expect(error == ESP_FAIL)
                #expect(lines.errors == ["E esp_https_ota: Invalid ESP HTTPS OTA State"])
                #expect(bench.otadata == OTAData(Self.valid, .blank))
            }
        }
    }
}

/// Makes a bit of ota_1 false as soon as the log says that an image is verified a second time.
private enum Spoiler {
    nonisolated(unsafe) private static var console: vprintf_like_t?
    nonisolated(unsafe) private static var segmentsLeft = 0

    static func start(after segments: Int) {
        self.segmentsLeft = segments
        self.console = esp_log_set_vprintf { format, arguments in
            guard let format, let arguments else { return 0 }
            return Spoiler.look(at: format, arguments)
        }
    }

    static func stop() { _ = esp_log_set_vprintf(self.console) }

    private static func look(
        at format: UnsafePointer<CChar>, _ arguments: CVaListPointer
    ) -> Int32 {
        if String(cString: format).contains(" segment %d: paddr=") {
            if self.segmentsLeft == 0 { flash_preset(Fixture.slots[1] + 1000, [0, 0], 2) }
            self.segmentsLeft -= 1
        }
        return self.console?(format, arguments) ?? 0
    }
}
