@preconcurrency import Board
import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// The tables that `idf.py` flashes.
    @Suite(.timeLimit(.minutes(2))) struct PartitionFileTests {
        private static func table(_ name: String) throws -> PartitionTable {
            try PartitionTable(
                csv: try String(contentsOfFile: "\(Tool.firmware.path)/\(name)", encoding: .utf8))
        }

        @Test(arguments: ["partitions.csv", "partitions_anti_rollback.csv"])
        func aTableIsSoundInTheFlashOfTheProject(_ name: String) throws {
            let table = try Self.table(name)
            // CONFIG_ESPTOOLPY_FLASHSIZE_4MB
            #expect(table.problems(flashSize: 4 << 20) == [])
            #expect(table.otadata?.size == 0x2000)
            #expect(table.otaSlots.count == 2)
            #expect(table.first(.nvs)?.size ?? 0 >= 0x3000)
            #expect(Set(table.otaSlots.map(\.size)).count == 1)
            try Bench.with { bench in
                bench.preset(table)
                let slot = try #require(table.factory ?? table.otaSlots.first)
                bench.preset(slot.offset, Fixture.image().bytes)
                board.anti_rollback = table.factory == nil
                #expect(bench.boot() == slot.offset)
                #expect(!bench.log.contains("load partition table error"))
            }
        }

        @Test func theFactoryTableIsESPIDFsTwoOTATable() throws {
            #expect(try Self.table("partitions.csv") == .twoOTA)
        }

        /// A factory app would be a way back; and the eFuse that is emulated has its place.
        @Test func theTableForAntiRollbackHasNoFactory() throws {
            let table = try Self.table("partitions_anti_rollback.csv")
            #expect(table.factory == nil)
            #expect(
                table.first(PartitionKind(type: PartitionKind.data, subtype: 5))?.size == 0x2000)
        }
    }
}
