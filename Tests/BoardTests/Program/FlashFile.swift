import FirmwareImage
import Foundation

/// A flash file as a programmer makes or reads it: a table, otadata, and apps.
struct FlashFile {
    private(set) var bytes: [UInt8]

    /// With ESP-IDF's two slots and the same app everywhere, unless it is said otherwise.
    init(
        table: [UInt8] = PartitionTable.twoOTA.bytes, otadata: OTAData = OTAData(),
        apps: [UInt8] = Fixture.image().bytes
    ) {
        self.bytes = [UInt8](repeating: 0xFF, count: 4 << 20)
        self.write(table, at: 0x8000)
        self.write(otadata.bytes, at: 0xD000)
        for place in Fixture.all { self.write(apps, at: place) }
    }

    mutating func write(_ bytes: [UInt8], at address: UInt32) {
        self.bytes.replaceSubrange(Int(address)..<Int(address) + bytes.count, with: bytes)
    }
}

extension VirtualBoard {
    /// What is in the board's flash.
    func otadata() throws -> OTAData {
        let file = try FileHandle(forReadingFrom: URL(filePath: self.file("flash")))
        defer { try? file.close() }
        try file.seek(toOffset: 0xD000)
        return try OTAData(Array(try file.read(upToCount: OTAData.size) ?? Data()))
    }

    /// Puts a chip on the board before its first run.
    func solder(_ flash: FlashFile) throws { _ = try self.write(flash.bytes, to: "flash") }
}
