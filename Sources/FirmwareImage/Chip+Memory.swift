/// What lies at an address of a chip.
public enum MemoryKind: String, Sendable, Hashable {
    /// Constants that are read from flash through a cache.
    case drom = "DROM"
    /// Code that is run from flash through a cache.
    case irom = "IROM"
    /// Flash through one cache for code and constants.
    case flash = "FLASH"
    /// RAM for data.
    case dram = "DRAM"
    /// RAM for code.
    case iram = "IRAM"
    /// One RAM for data and code.
    case ram = "RAM"
    /// Memory that keeps its contents in deep sleep.
    case rtc = "RTC"
    /// Memory outside the chip.
    case external = "EXTRAM"
    /// Not loaded at all: an address under 0x10000000 says so (ESP-IDF, `esp_image_format.c`).
    case padding = "PADDING"

    /// Whether a segment there is mapped, and so must have its place in the file and its address equal
    /// modulo ``Chip/page``.
    public var isMapped: Bool { [.drom, .irom, .flash].contains(self) }

    /// Whether code can run there.
    public var isExecutable: Bool { [.irom, .flash, .iram, .ram, .rtc].contains(self) }
}

extension Chip {
    /// What flash is mapped in, in bytes.
    public static let page = 64 << 10

    /// What lies at an address; nil if an app has nothing to do there.
    public func memory(at address: UInt32) -> MemoryKind? {
        if address < 0x1000_0000 { return .padding }
        return self.regions.first { $0.range.contains(address) }?.kind
    }

    /// The memory of a chip that an app's segments can lie in (Technical Reference Manuals, "Address
    /// Mapping"; the same as esptool's memory maps).
    private var regions: [(kind: MemoryKind, range: Range<UInt32>)] {
        switch self {
        case .esp32:
            [
                (.drom, 0x3F40_0000..<0x3F80_0000), (.external, 0x3F80_0000..<0x3FC0_0000),
                (.rtc, 0x3FF8_0000..<0x3FF8_2000), (.dram, 0x3FFA_E000..<0x4000_0000),
                (.iram, 0x4007_0000..<0x400C_0000), (.rtc, 0x400C_0000..<0x400C_2000),
                (.irom, 0x400D_0000..<0x4040_0000), (.rtc, 0x5000_0000..<0x5000_2000),
            ]
        case .esp32s2:
            [
                (.drom, 0x3F00_0000..<0x3F50_0000), (.external, 0x3F50_0000..<0x3FF8_0000),
                (.rtc, 0x3FF9_E000..<0x3FFA_0000), (.dram, 0x3FFB_0000..<0x4000_0000),
                (.iram, 0x4002_0000..<0x4007_0000), (.rtc, 0x4007_0000..<0x4007_2000),
                (.irom, 0x4008_0000..<0x4080_0000), (.rtc, 0x5000_0000..<0x5000_2000),
            ]
        case .esp32c3:
            [
                (.drom, 0x3C00_0000..<0x3C80_0000), (.dram, 0x3FC8_0000..<0x3FCE_0000),
                (.iram, 0x4037_C000..<0x403E_0000), (.irom, 0x4200_0000..<0x4280_0000),
                (.rtc, 0x5000_0000..<0x5000_2000),
            ]
        case .esp32s3:
            [
                (.drom, 0x3C00_0000..<0x3D00_0000), (.external, 0x3D00_0000..<0x3E00_0000),
                (.dram, 0x3FC8_8000..<0x3FD0_0000), (.iram, 0x4037_0000..<0x403E_0000),
                (.irom, 0x4200_0000..<0x4280_0000), (.rtc, 0x5000_0000..<0x5000_2000),
                (.rtc, 0x600F_E000..<0x6010_0000),
            ]
        case .esp32c2:
            [
                (.drom, 0x3C00_0000..<0x3C40_0000), (.dram, 0x3FCA_0000..<0x3FCE_0000),
                (.iram, 0x4037_C000..<0x403C_0000), (.irom, 0x4200_0000..<0x4240_0000),
            ]
        case .esp32c6, .esp32h2, .esp32h21:
            [
                (.flash, 0x4200_0000..<0x4300_0000), (.ram, 0x4080_0000..<0x4088_0000),
                (.rtc, 0x5000_0000..<0x5000_4000),
            ]
        case .esp32c5, .esp32c61:
            [
                (.flash, 0x4200_0000..<0x4400_0000), (.ram, 0x4080_0000..<0x4086_0000),
                (.rtc, 0x5000_0000..<0x5000_4000),
            ]
        case .esp32h4:
            [
                (.irom, 0x4200_0000..<0x4280_0000), (.drom, 0x4280_0000..<0x4300_0000),
                (.ram, 0x4080_0000..<0x4088_0000), (.rtc, 0x5000_0000..<0x5000_4000),
            ]
        case .esp32p4:
            [
                (.flash, 0x4000_0000..<0x4C00_0000), (.ram, 0x4FF0_0000..<0x4FFA_0000),
                (.rtc, 0x5010_8000..<0x5011_0000),
            ]
        }
    }
}
