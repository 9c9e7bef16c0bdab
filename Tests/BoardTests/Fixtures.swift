@preconcurrency import Board
import FirmwareImage

/// Images and tables that the tests have in common.
enum Fixture {
    static let factory: UInt32 = 0x10000
    static let slots: [UInt32] = [0x110000, 0x210000]
    /// Every app partition.
    static let all = [Fixture.factory] + Fixture.slots

    /// ESP-IDF's two slots without the factory app.
    static let noFactory: PartitionTable = {
        var table = PartitionTable.twoOTA
        table.partitions.removeAll { $0.kind == .factory }
        table.reseal()
        return table
    }()

    /// The smallest app that has every kind of segment's check to pass.
    static func image(
        _ version: String = "1.0.0", size: Int = 8192, secureVersion: UInt32 = 0,
        chip: Chip = .esp32
    ) -> AppImage {
        let recipe = AppImageRecipe(
            chip: chip, project: "bench", version: version, secureVersion: secureVersion,
            size: size)
        // The recipe meets its limits.
        return try! recipe.image()
    }
}

extension Bench {
    /// A board with the two-slot table and an app in every app partition.
    func furnish(hasFactory: Bool = true, image: AppImage = Fixture.image()) {
        self.preset(hasFactory ? PartitionTable.twoOTA : Fixture.noFactory)
        if hasFactory { self.preset(Fixture.factory, image.bytes) }
        for slot in Fixture.slots { self.preset(slot, image.bytes) }
    }

    /// A slot as the app sees it.
    func slot(_ number: Int) -> UnsafePointer<esp_partition_t>! {
        esp_partition_find_first(
            ESP_PARTITION_TYPE_APP,
            esp_partition_subtype_t(rawValue: 0x10 + UInt32(number)), nil)
    }

    /// Writes an image as an app does that gets it from the net, 1024 bytes at a time.
    /// - Returns: the first error.
    func install(_ image: [UInt8], in slot: UnsafePointer<esp_partition_t>) -> esp_err_t {
        var handle: esp_ota_handle_t = 0
        var error = esp_ota_begin(slot, Int(OTA_WITH_SEQUENTIAL_WRITES), &handle)
        guard error == ESP_OK else { return error }
        for start in stride(from: 0, to: image.count, by: 1024) {
            let part = Array(image[start..<min(start + 1024, image.count)])
            error = esp_ota_write(handle, part, part.count)
            guard error == ESP_OK else {
                esp_ota_abort(handle)
                return error
            }
        }
        error = esp_ota_end(handle)
        return error == ESP_OK ? esp_ota_set_boot_partition(slot) : error
    }
}
