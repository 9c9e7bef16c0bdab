@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

@Suite struct FlashTests {
    @Test func anErasedSectorIsAllOnesAndProgrammingOnlyClearsBits() throws {
        try Bench.with { bench in
            #expect(bench.read(0, 4096).allSatisfy { $0 == 0xFF })
            #expect(flash_program(0x1000, [0xF0, 0x0F] as [UInt8], 2) == ESP_OK)
            #expect(flash_program(0x1000, [0xCC, 0xFF] as [UInt8], 2) == ESP_OK)
            #expect(bench.read(0x1000, 3) == [0xC0, 0x0F, 0xFF])
            #expect(flash_erase(0x1000, 4096) == ESP_OK)
            #expect(bench.read(0x1000, 3) == [0xFF, 0xFF, 0xFF])
        }
    }

    @Test func everySectorAndEveryProgramIsAnOperation() throws {
        try Bench.with { bench in
            #expect(flash_erase(0, 3 * 4096) == ESP_OK)
            #expect(flash_operations() == 3)
            #expect(flash_program(0, [1] as [UInt8], 1) == ESP_OK)
            #expect(flash_program(0, nil, 0) == ESP_OK)
            _ = bench.read(0, 100)
            #expect(flash_operations() == 4)
            flash_set_counts(flash_counts_t(operations: 100, cut: 0, failure: 0))
            #expect(flash_erase(0, 4096) == ESP_OK)
            #expect(flash_operations() == 101)
        }
    }

    @Test func whatLiesBeyondTheEndIsRefused() throws {
        try Bench.with { _ in
            let end: UInt32 = 4 << 20
            var byte: UInt8 = 0
            #expect(flash_read(end, &byte, 1) == ESP_ERR_INVALID_SIZE)
            #expect(flash_read(.max, &byte, 1) == ESP_ERR_INVALID_SIZE)
            #expect(flash_program(end - 1, [1, 2] as [UInt8], 2) == ESP_ERR_INVALID_SIZE)
            #expect(flash_erase(end - 4096, 8192) == ESP_ERR_INVALID_SIZE)
            #expect(flash_erase(1, 4096) == ESP_ERR_INVALID_ARG)
            #expect(flash_erase(0, 1) == ESP_ERR_INVALID_ARG)
            #expect(flash_operations() == 0)
        }
    }

    @Test func aCutProgramWritesItsFirstBytes() throws {
        try Bench.with { bench in
            bench.preset(0, [UInt8](repeating: 0, count: 8192))
            flash_cut_at(2, 3)
            let end = bench.run {
                flash_erase(0, 4096)
                flash_program(0, [1, 2, 3, 4] as [UInt8], 4)
                flash_program(0, [0] as [UInt8], 1)
            }
            #expect(end == .powerOff)
            #expect(bench.read(0, 4) == [1, 2, 3, 0xFF])
            try bench.powerOn()
            #expect(bench.read(0, 4) == [1, 2, 3, 0xFF])
        }
    }

    @Test func aCutEraseLeavesGarbageThatCanBeHadAgain() throws {
        try Bench.with { bench in
            func garbage(_ seed: Int32) throws -> [UInt8] {
                bench.preset(0, [UInt8](repeating: 0x0F, count: 3 * 4096))
                try bench.powerOn()
                flash_cut_at(2, seed)
                #expect(bench.run { flash_erase(0, 3 * 4096) } == .powerOff)
                #expect(bench.read(0, 4096).allSatisfy { $0 == 0xFF })
                #expect(bench.read(2 * 4096, 4096).allSatisfy { $0 == 0x0F })
                return bench.read(4096, 4096)
            }
            let bytes = try garbage(0)
            #expect(bytes.allSatisfy { $0 & 0x0F == 0x0F })
            let ones = bytes.reduce(0) { $0 + ($1 & 0xF0).nonzeroBitCount }
            #expect((8192 - 400...8192 + 400).contains(ones))
            #expect(try garbage(0) == bytes)
            #expect(try garbage(1) != bytes)
        }
    }

    @Test func withoutBytesACutOperationDoesNotHappen() throws {
        try Bench.with { bench in
            bench.preset(0, [0x55, 0x55])
            flash_cut_at(1, -1)
            #expect(bench.run { flash_erase(0, 4096) } == .powerOff)
            try bench.powerOn()
            flash_cut_at(1, -1)
            #expect(bench.run { flash_program(0, [0] as [UInt8], 1) } == .powerOff)
            #expect(bench.read(0, 2) == [0x55, 0x55])
        }
    }

    @Test func aFailedOperationDoesNotHappenAndTheNextOneDoes() throws {
        try Bench.with { bench in
            flash_fail_at(1)
            #expect(flash_program(0, [0] as [UInt8], 1) == ESP_ERR_FLASH_OP_FAIL)
            #expect(bench.read(0, 1) == [0xFF])
            #expect(flash_program(0, [0] as [UInt8], 1) == ESP_OK)
            flash_fail_at(4)
            #expect(flash_erase(0, 8192) == ESP_ERR_FLASH_OP_FAIL)
            #expect(bench.read(0, 1) == [0xFF])
        }
    }

    @Test func eachOperationIsALineOfTheTrace() throws {
        try Bench.with { _ in
            let stream = try #require(tmpfile())
            flash_trace(stream)
            flash_erase(0xD000, 4096)
            flash_program(0xD000, [UInt8](repeating: 0, count: 32), 32)
            flash_trace(nil)
            rewind(stream)
            var text = [UInt8](repeating: 0, count: 100)
            let count = fread(&text, 1, text.count, stream)
            fclose(stream)
            #expect(
                String(decoding: text[..<count], as: UTF8.self) == "E 0x00d000\nW 0x00d000 0x20\n")
        }
    }

    @Test func aFileOfAnotherSizeIsRefusedAndTheOldOneStays() throws {
        try Bench.with { bench in
            let other = bench.flash.appendingPathExtension("other")
            try Data([1, 2, 3]).write(to: other)
            var isNew = false
            #expect(flash_open(other.path, &isNew) == ESP_ERR_INVALID_SIZE)
            #expect(flash_open("/nonexistent/flash", &isNew) == ESP_FAIL)
            #expect(flash_open(bench.flash.path, &isNew) == ESP_OK)
            #expect(!isNew)
        }
    }

    @Test func theSecureVersionOfAnESP32C2GoesToFour() throws {
        try Bench.with { bench in
            #expect(esp_efuse_read_secure_version() == 0)
            #expect(esp_efuse_update_secure_version(32) == ESP_OK)
            #expect(esp_efuse_update_secure_version(33) == ESP_ERR_INVALID_ARG)
            #expect(bench.log.contains("efuse: Max secure version is 32."))
            try FileManager.default.removeItem(at: bench.efuse)
            try bench.powerOn()
            board.chip_id = Chip.esp32c2.rawValue
            #expect(esp_efuse_update_secure_version(5) == ESP_ERR_INVALID_ARG)
            #expect(esp_efuse_update_secure_version(2) == ESP_OK)
            #expect(try Data(contentsOf: bench.efuse) == Data([0b11, 0, 0, 0]))
            #expect(esp_efuse_update_secure_version(1) == ESP_OK)
            try bench.powerOn()
            #expect(esp_efuse_read_secure_version() == 2)
            #expect(esp_efuse_check_secure_version(2))
            #expect(!esp_efuse_check_secure_version(1))
            try Data([1]).write(to: bench.efuse)
            #expect(efuse_open(bench.efuse.path) == ESP_ERR_INVALID_SIZE)
        }
    }
}
