import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// What befalls the flash, as the program's options say it.
    @Suite(.timeLimit(.minutes(3))) struct MishapTests {
        private func image(_ version: String) throws -> AppImage {
            var recipe = AppImageRecipe(project: "app", version: version, size: 40_000)
            recipe.directive = Directive(.pass)
            return try recipe.image()
        }

        /// The places of an update's first boot: chosen, noted as booting for the first time, confirmed.
        private static let places: [(point: String, entry: OTASelectEntry.State?)] = [
            ("otadata.erase#1", nil), ("otadata.write#1", nil), ("otadata.write#1:32", .new),
            ("otadata.erase#2", .new), ("otadata.write#2", nil),
            ("otadata.write#2:32", .pendingVerify), ("otadata.erase#3", .pendingVerify),
            ("otadata.write#3", nil), ("otadata.write#3:32", .valid),
        ]

        @Test(arguments: ["native", "advanced"], places.map(\.point))
        func powerIsCutAtTheNamedPlace(app: String, point: String) throws {
            let board = try VirtualBoard(app)
            let server = try OTAServer(try self.image("2.0.0").bytes)
            let it = try board.run(["--url", server.url + "/image", "--cut-at", point])
            #expect(it.status == 75, "\(it.console)")
            let flash = try Data(contentsOf: URL(filePath: board.file("flash")))
            let otadata = try OTAData(Array(flash[0xD000..<0xD000 + OTAData.size]))
            let entry = Self.places.first { $0.point == point }?.entry
            #expect(otadata.entries[0].state == entry ?? .undefined)
        }

        @Test func aPlaceThatNeverComesCutsNothing() throws {
            let board = try VirtualBoard("native")
            let server = try OTAServer(try self.image("2.0.0").bytes)
            let it = try board.run(["--url", server.url + "/image", "--cut-at", "otadata.erase#4"])
            #expect(it.status == 0)
            #expect(try board.report().contains("app ota_0 2.0.0"))
        }

        @Test func anOperationFailsAndTheLogSaysSo() throws {
            let board = try VirtualBoard("native")
            let server = try OTAServer(try self.image("2.0.0").bytes)
            let it = try board.run([
                "--url", server.url + "/image", "--fail-at", "ota_0.write#3",
            ])
            #expect(
                it.console.contains(
                    #/W \(\d+\) flash: the operation at 0x11\w{4} fails, as it is to/#))
            #expect(it.console.contains("Exiting task due to fatal error"), "\(it.console)")
            #expect(try board.isOtadataBlank)
        }

        @Test(arguments: [
            (["ota_0=erase"], "Loaded app from partition at offset 0x10000"),
            (["otadata.0=1:VALID"], "OTA app partition slot 0 is not bootable"),
            (["otadata.1=2:0x77"], "OTA app partition slot 1 is not bootable"),
            (["otadata.0=1:VALID:bad-crc"], "falling back to factory"),
            (["otadata+0=00000000"], "OTA app partition slot 1 is not bootable"),
            (["factory+0x100=00", "factory+0x101=0102"], "No bootable app partitions"),
            (["factory=erase"], "No bootable app partitions"),
            (["partition-table+0=00"], "partition table"),
        ])
        func damageIsDoneBeforeTheBootloaderRuns(damage: [String], said: String) throws {
            let it = try VirtualBoard("probe").run(damage.flatMap { ["--damage", $0] })
            #expect(it.console.contains(said), "\(it.console) \(it.errors)")
        }

        @Test func damageIsDoneOnce() throws {
            let board = try VirtualBoard("probe")
            let it = try board.run(
                ["--damage", "nvs=erase"], typed: ["count", "restart", "count"])
            #expect(it.console.contains("boots 1\n") && it.console.contains("boots 2\n"))
        }

        @Test(arguments: [
            (["--cut-at", "ota_7.erase"], "the flash has no partition 'ota_7'"),
            (["--cut-at", "ota_0"], "\"ota_0\" is not PARTITION.erase|write"),
            (["--cut-at", "ota_0.read"], "write PARTITION.erase or PARTITION.write"),
            (["--cut-at", "ota_0.erase#0"], "write PARTITION.erase or PARTITION.write"),
            (["--cut-at", "ota_0.write#1:x"], "write PARTITION.erase or PARTITION.write"),
            (["--fail-at", "ota_0.write#99999999999"], "write PARTITION.erase"),
            (["--damage", "ota_0"], "\"ota_0\" is not PLACE=WHAT"),
            (["--damage", "ota_0=burn"], "write PARTITION=erase"),
            (["--damage", "ota_0+x=00"], "write PARTITION+OFFSET=HEX"),
            (["--damage", "ota_0+0=0"], "write PARTITION+OFFSET=HEX"),
            (["--damage", "ota_0+0x100000=00"], "the partition has 1048576 bytes"),
            (["--damage", "otadata.2=1:NEW"], "write otadata.0 or otadata.1"),
            (["--damage", "otadata.0=x:NEW"], "write otadata.0 or otadata.1"),
            (["--damage", "otadata.0=1:OLD"], "write otadata.0 or otadata.1"),
            (["--damage", "otadata.0=1:NEW:good-crc"], "write otadata.0 or otadata.1"),
        ])
        func whatNamesNoPlaceIsExplained(words: [String], said: String) throws {
            let it = try VirtualBoard("probe").run(words)
            #expect(it.status == 64 && it.errors.contains(said), "\(it.errors)")
        }
    }
}
