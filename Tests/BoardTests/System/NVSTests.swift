@preconcurrency import Board
import FirmwareImage
import Testing

extension BoardTests {
    @Suite(.timeLimit(.minutes(2))) struct NVSTests {
        private func with(_ body: (Bench) throws -> Void) throws {
            try Bench.with { bench in
                bench.preset(PartitionTable.twoOTA)
                #expect(partition_table_load() == ESP_OK)
                defer { nvs_flash_deinit() }
                try body(bench)
            }
        }

        private func open(
            _ space: String = "space", _ mode: nvs_open_mode_t = NVS_READWRITE
        ) throws -> nvs_handle_t {
            var handle: nvs_handle_t = 0
            try #require(nvs_open(space, mode, &handle) == ESP_OK)
            return handle
        }

        private func text(_ handle: nvs_handle_t, _ key: String) -> String? {
            var length = 0
            guard nvs_get_str(handle, key, nil, &length) == ESP_OK else { return nil }
            var text = [CChar](repeating: 0, count: length)
            guard nvs_get_str(handle, key, &text, &length) == ESP_OK else { return nil }
            return String(decoding: text.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        }

        @Test func everyTypeComesBackAsItWasSet() throws {
            try self.with { _ in
                #expect(nvs_flash_init() == ESP_OK)
                let handle = try self.open()
                #expect(nvs_set_i8(handle, "i8", -8) == ESP_OK)
                #expect(nvs_set_u16(handle, "u16", 65535) == ESP_OK)
                #expect(nvs_set_i32(handle, "i32", .min) == ESP_OK)
                #expect(nvs_set_u64(handle, "u64", .max) == ESP_OK)
                #expect(nvs_set_str(handle, "str", "text") == ESP_OK)
                #expect(nvs_set_blob(handle, "blob", [1, 2, 3] as [UInt8], 3) == ESP_OK)
                var i8: Int8 = 0
                var u16: UInt16 = 0
                var i32: Int32 = 0
                var u64: UInt64 = 0
                #expect(nvs_get_i8(handle, "i8", &i8) == ESP_OK && i8 == -8)
                #expect(nvs_get_u16(handle, "u16", &u16) == ESP_OK && u16 == 65535)
                #expect(nvs_get_i32(handle, "i32", &i32) == ESP_OK && i32 == .min)
                #expect(nvs_get_u64(handle, "u64", &u64) == ESP_OK && u64 == .max)
                #expect(self.text(handle, "str") == "text")
                var blob = [UInt8](repeating: 9, count: 4)
                var length = 2
                #expect(nvs_get_blob(handle, "blob", &blob, &length) == ESP_ERR_NVS_INVALID_LENGTH)
                #expect(length == 3)
                #expect(nvs_get_blob(handle, "blob", &blob, &length) == ESP_OK)
                #expect(blob == [1, 2, 3, 9])
                #expect(nvs_get_u16(handle, "i32", &u16) == ESP_ERR_NVS_NOT_FOUND)
                var type = NVS_TYPE_ANY
                #expect(nvs_find_key(handle, "str", &type) == ESP_OK && type == NVS_TYPE_STR)
                #expect(nvs_commit(handle) == ESP_OK)
            }
        }

        @Test func namesAndHandlesAreChecked() throws {
            try self.with { _ in
                var handle: nvs_handle_t = 0
                #expect(nvs_open("a", NVS_READWRITE, &handle) == ESP_ERR_NVS_NOT_INITIALIZED)
                #expect(nvs_flash_init() == ESP_OK)
                #expect(nvs_open("a", NVS_READONLY, &handle) == ESP_ERR_NVS_NOT_FOUND)
                #expect(
                    nvs_open("sixteen-letters-", NVS_READWRITE, &handle) == ESP_ERR_NVS_INVALID_NAME
                )
                #expect(
                    nvs_open_from_partition("none", "a", NVS_READWRITE, &handle)
                        == ESP_ERR_NVS_PART_NOT_FOUND)
                handle = try self.open("a")
                #expect(nvs_set_u8(handle, "sixteen-letters-", 1) == ESP_ERR_NVS_KEY_TOO_LONG)
                #expect(nvs_set_u8(handle, "", 1) == ESP_ERR_NVS_INVALID_NAME)
                let long = String(repeating: "x", count: 4000)
                #expect(nvs_set_str(handle, "k", long) == ESP_ERR_NVS_VALUE_TOO_LONG)
                let reader = try self.open("a", NVS_READONLY)
                #expect(nvs_set_u8(reader, "k", 1) == ESP_ERR_NVS_READ_ONLY)
                nvs_close(handle)
                #expect(nvs_set_u8(handle, "k", 1) == ESP_ERR_NVS_INVALID_HANDLE)
                #expect(nvs_commit(handle) == ESP_ERR_NVS_INVALID_HANDLE)
            }
        }

        @Test func namespacesDoNotSeeEachOtherAndErasingOneLeavesTheOther() throws {
            try self.with { bench in
                #expect(nvs_flash_init() == ESP_OK)
                let (one, two) = (try self.open("one"), try self.open("two"))
                nvs_set_str(one, "key", "of one")
                nvs_set_str(one, "more", "of one")
                nvs_set_str(two, "key", "of two")
                #expect(nvs_erase_key(one, "key") == ESP_OK)
                #expect(nvs_erase_key(one, "key") == ESP_ERR_NVS_NOT_FOUND)
                #expect(self.text(one, "key") == nil && self.text(one, "more") == "of one")
                #expect(nvs_erase_all(one) == ESP_OK)
                #expect(self.text(one, "more") == nil && self.text(two, "key") == "of two")
                nvs_set_str(one, "key", "again")
                nvs_flash_deinit()
                try bench.powerOn()
                #expect(nvs_flash_init() == ESP_OK)
                let (first, second) = (try self.open("one", NVS_READONLY), try self.open("two"))
                #expect(self.text(first, "key") == "again" && self.text(second, "key") == "of two")
            }
        }

        @Test func aThousandValuesGoThroughAStoreThatHoldsAHundred() throws {
            try self.with { _ in
                #expect(nvs_flash_init() == ESP_OK)
                let handle = try self.open()
                nvs_set_str(handle, "kept", "stays")
                for number in UInt32(0)..<1000 {
                    #expect(nvs_set_u32(handle, "k\(number % 7)", number) == ESP_OK)
                }
                var value: UInt32 = 0
                for number in UInt32(993)..<1000 {
                    #expect(nvs_get_u32(handle, "k\(number % 7)", &value) == ESP_OK)
                    #expect(value == number)
                }
                #expect(self.text(handle, "kept") == "stays")
            }
        }

        @Test func whatIsEqualIsNotWrittenAgain() throws {
            try self.with { _ in
                #expect(nvs_flash_init() == ESP_OK)
                let handle = try self.open()
                nvs_set_u32(handle, "k", 1)
                let before = flash_operations()
                nvs_set_u32(handle, "k", 1)
                #expect(flash_operations() == before)
            }
        }

        @Test func moreThanFitsIsRefusedAndNothingIsLost() throws {
            try self.with { _ in
                #expect(nvs_flash_init() == ESP_OK)
                let handle = try self.open()
                let block = [UInt8](repeating: 7, count: 3000)
                #expect(nvs_set_blob(handle, "a", block, block.count) == ESP_OK)
                #expect(nvs_set_blob(handle, "b", block, block.count) == ESP_OK)
                #expect(
                    nvs_set_blob(handle, "c", block, block.count) == ESP_ERR_NVS_NOT_ENOUGH_SPACE)
                let huge = [UInt8](repeating: 7, count: 20000)
                #expect(
                    nvs_set_blob(handle, "c", huge, huge.count) == ESP_ERR_NVS_NOT_ENOUGH_SPACE)
                var length = 0
                #expect(nvs_get_blob(handle, "a", nil, &length) == ESP_OK && length == 3000)
                #expect(nvs_set_u8(handle, "small", 1) == ESP_OK)
            }
        }

        @Test func aPartitionOfForeignBytesIsErasedByTheApp() throws {
            try self.with { bench in
                bench.preset(0x9000, [UInt8](repeating: 0x5A, count: 0x4000))
                #expect(nvs_flash_init() == ESP_ERR_NVS_NO_FREE_PAGES)
                #expect(nvs_flash_erase() == ESP_OK)
                #expect(nvs_flash_init() == ESP_OK)
                let handle = try self.open()
                #expect(nvs_set_u8(handle, "k", 1) == ESP_OK)
            }
        }
    }
}
