/// How the flash chip is to be driven: bytes 2 and 3 of an image header.
///
/// esptool rewrites them when it flashes a board; an update over the air does not look at them.
public struct FlashSettings: Sendable, Hashable {
    /// 0 QIO, 1 QOUT, 2 DIO, 3 DOUT, 4 fast, 5 slow.
    public var mode: UInt8
    /// 0...15: 0xF the chip's full clock, 0 half of it, 1 a third, 2 a quarter.
    /// (On ESP32-C6, 0 is 80 MHz too.)
    public var speed: UInt8
    /// 0...15: the flash holds 2 to this power in megabytes, so 2 is 4 MB.
    public var size: UInt8

    /// - Parameters: as the properties; of speed and size, the header keeps four bits.
    public init(mode: UInt8, speed: UInt8, size: UInt8) {
        self.mode = mode
        self.speed = speed
        self.size = size
    }
}

/// The first 24 bytes of an image: `esp_image_header_t` in ESP-IDF's `esp_app_format.h`.
///
/// It is a view of its bytes, so that what it has no name for survives a change.
public struct ImageHeader: Sendable, Hashable {
    /// In bytes.
    public static let size = 24
    /// The first byte of every image.
    public static let magic: UInt8 = 0xE9
    /// The most segments that ESP-IDF takes: `ESP_IMAGE_MAX_SEGMENTS`.
    public static let mostSegments = 16

    /// The header as it stands in a file: always 24 bytes.
    public private(set) var bytes: [UInt8]

    /// A header with a digest to follow, no write-protect pin, and no limits on the chip's
    /// revision.
    public init(chip: Chip, segmentCount: UInt8, entryAddress: UInt32) {
        self.bytes = [UInt8](repeating: 0, count: Self.size)
        self.bytes[0] = Self.magic
        self.segmentCount = segmentCount
        self.flash = chip.flash
        self.entryAddress = entryAddress
        self.writeProtectPin = 0xEE
        self.chipID = chip.rawValue
        self.maxChipRevision = 0xFFFF
        self.digestFlag = 1
    }

    /// Reads a header.
    /// - Parameter bytes: the beginning of an image; what comes behind the header is not read.
    /// - Returns: nil if there are fewer than 24 bytes or the first is not ``magic``.
    public init?(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes.prefix(Self.size))
        guard self.bytes.count == Self.size, self.bytes[0] == Self.magic else { return nil }
    }

    /// How many segments follow; ESP-IDF takes 16 at most.
    public var segmentCount: UInt8 {
        get { self.bytes[1] }
        set { self.bytes[1] = newValue }
    }

    /// How the flash chip is to be driven.
    public var flash: FlashSettings {
        get {
            FlashSettings(mode: self.bytes[2], speed: self.bytes[3] & 15, size: self.bytes[3] >> 4)
        }
        set {
            self.bytes[2] = newValue.mode
            self.bytes[3] = newValue.speed & 15 | newValue.size << 4
        }
    }

    /// Where the bootloader jumps to. Nothing checks it before the jump.
    public var entryAddress: UInt32 {
        get { self.bytes.integer(at: 4) }
        set { self.bytes.set(newValue, at: 4) }
    }

    /// The pin that write-protects the flash; 0xEE if there is none.
    public var writeProtectPin: UInt8 {
        get { self.bytes[8] }
        set { self.bytes[8] = newValue }
    }

    /// The chip's id; see ``chip``.
    public var chipID: UInt16 {
        get { self.bytes.integer(at: 12) }
        set { self.bytes.set(newValue, at: 12) }
    }

    /// The chip, if it is one that is known here.
    public var chip: Chip? { Chip(rawValue: self.chipID) }

    /// The lowest chip revision that may run the image: major * 100 + minor.
    public var minChipRevision: UInt16 {
        get { self.bytes.integer(at: 15) }
        set { self.bytes.set(newValue, at: 15) }
    }

    /// The highest chip revision that may run the image: major * 100 + minor; 0 and 65535 mean any.
    public var maxChipRevision: UInt16 {
        get { self.bytes.integer(at: 17) }
        set { self.bytes.set(newValue, at: 17) }
    }

    /// `hash_appended`: any value but 0 says that a digest follows the checksum.
    public var digestFlag: UInt8 {
        get { self.bytes[23] }
        set { self.bytes[23] = newValue }
    }
}
