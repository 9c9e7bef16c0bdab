/// A chip that app images are made for.
///
/// The raw value is the chip's `chip_id` in an image header (`esp_chip_id_t` in ESP-IDF's
/// `esp_app_format.h`).
public enum Chip: UInt16, CaseIterable, Sendable {
    /// ESP32.
    case esp32 = 0x0000
    /// ESP32-S2.
    case esp32s2 = 0x0002
    /// ESP32-C3.
    case esp32c3 = 0x0005
    /// ESP32-S3.
    case esp32s3 = 0x0009
    /// ESP32-C2.
    case esp32c2 = 0x000C
    /// ESP32-C6.
    case esp32c6 = 0x000D
    /// ESP32-H2.
    case esp32h2 = 0x0010
    /// ESP32-P4.
    case esp32p4 = 0x0012
    /// ESP32-C5 as mass-produced; its third beta had 0x0011.
    case esp32c5 = 0x0017
    /// ESP32-C61.
    case esp32c61 = 0x0014
    /// ESP32-H21.
    case esp32h21 = 0x0019
    /// ESP32-H4.
    case esp32h4 = 0x001C

    /// Looks a chip up.
    /// - Parameter name: a name as esptool's `--chip` takes it, such as `esp32c3`.
    public init?(name: String) {
        guard let chip = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = chip
    }

    /// The name as esptool's `--chip` takes it.
    public var name: String {
        switch self {
        case .esp32: "esp32"
        case .esp32s2: "esp32s2"
        case .esp32c3: "esp32c3"
        case .esp32s3: "esp32s3"
        case .esp32c2: "esp32c2"
        case .esp32c6: "esp32c6"
        case .esp32h2: "esp32h2"
        case .esp32p4: "esp32p4"
        case .esp32c5: "esp32c5"
        case .esp32c61: "esp32c61"
        case .esp32h21: "esp32h21"
        case .esp32h4: "esp32h4"
        }
    }

    /// Chips whose id is known and whose memory is not, so that no images are made for them.
    private static let strangers: KeyValuePairs<String, UInt16> = [
        "esp32c5beta3": 0x0011, "esp32s31": 0x0020,
    ]

    /// The name that goes with a `chip_id`, also of a chip that no images are made for; nil if the id is
    /// none of ESP-IDF's.
    public static func name(ofID id: UInt16) -> String? {
        Chip(rawValue: id)?.name ?? self.strangers.first { $0.value == id }?.key
    }

    /// Every `chip_id` of ESP-IDF, by name.
    public static let ids: [String: UInt16] = Dictionary(
        uniqueKeysWithValues: Self.allCases.map { ($0.name, $0.rawValue) }
            + Self.strangers.map { ($0.key, $0.value) })

    /// Where the segments of an app go.
    public struct Memory: Sendable, Hashable {
        /// Constants, read from flash through the data cache; 1 MiB is free behind the address.
        public let drom: UInt32
        /// Code, run from flash through the instruction cache; 2 MiB less 32 bytes are free.
        public let irom: UInt32
        /// Data that the bootloader copies to RAM; 32 KiB are free.
        public let dram: UInt32
        /// Code that the bootloader copies to RAM; 32 KiB are free.
        public let iram: UInt32
    }

    /// Addresses that an app of this chip may be linked to, clear of the bootloader's memory.
    ///
    /// Mapped addresses end in 0x0020, so that the data of a first segment, at 32 in the file, is
    /// mapped without padding. Where one MMU table serves both caches, DROM lies behind all of
    /// IROM; where DRAM and IRAM are one memory, DRAM lies behind all of IRAM.
    public var memory: Memory {
        switch self {
        case .esp32:
            Memory(drom: 0x3F40_0020, irom: 0x400D_0020, dram: 0x3FFB_0000, iram: 0x4008_0000)
        case .esp32s2:
            Memory(drom: 0x3F00_0020, irom: 0x4008_0020, dram: 0x3FFC_0000, iram: 0x4002_4000)
        case .esp32c3:
            Memory(drom: 0x3C20_0020, irom: 0x4200_0020, dram: 0x3FC9_0000, iram: 0x4038_0000)
        case .esp32s3:
            Memory(drom: 0x3C20_0020, irom: 0x4200_0020, dram: 0x3FC9_8000, iram: 0x4037_4000)
        case .esp32c2:
            Memory(drom: 0x3C20_0020, irom: 0x4200_0020, dram: 0x3FCB_0000, iram: 0x4038_0000)
        case .esp32c6, .esp32h2, .esp32c5, .esp32c61, .esp32h21:
            Memory(drom: 0x4220_0020, irom: 0x4200_0020, dram: 0x4081_0000, iram: 0x4080_0000)
        case .esp32h4:
            Memory(drom: 0x42A0_0020, irom: 0x4200_0020, dram: 0x4081_0000, iram: 0x4080_0000)
        case .esp32p4:
            Memory(drom: 0x4020_0020, irom: 0x4000_0020, dram: 0x4FF1_0000, iram: 0x4FF0_0000)
        }
    }

    /// The flash settings of a board as sold: DIO, 4 MB, and the chip's usual clock.
    public var flash: FlashSettings {
        switch self {
        case .esp32, .esp32c6: FlashSettings(mode: 2, speed: 0x0, size: 2)
        case .esp32s2, .esp32c3, .esp32s3, .esp32c2, .esp32h2, .esp32p4, .esp32c5, .esp32c61,
            .esp32h21, .esp32h4:
            FlashSettings(mode: 2, speed: 0xF, size: 2)
        }
    }

    /// A jump to itself: what an app does that shall do nothing.
    var endlessLoop: [UInt8] {
        switch self {
        case .esp32, .esp32s2, .esp32s3: [0x06, 0xFF, 0xFF, 0x00]
        case .esp32c3, .esp32c2, .esp32c6, .esp32h2, .esp32p4, .esp32c5, .esp32c61, .esp32h21,
            .esp32h4:
            [0x6F, 0x00, 0x00, 0x00]
        }
    }
}
