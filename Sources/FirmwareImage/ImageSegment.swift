/// A run of an image's bytes and where the bootloader puts them
/// (`esp_image_segment_header_t` in ESP-IDF's `esp_app_format.h`, and the data behind it).
///
/// ESP-IDF wants the data's length to be a multiple of 4 and under 16 MiB. For a segment that is
/// mapped and not copied (DROM, IROM), its place in the file and its address must be equal modulo
/// 64 KiB.
public struct ImageSegment: Sendable, Hashable {
    /// In bytes, before the data.
    public static let headerSize = 8
    /// The data is shorter than this, in bytes (ESP-IDF, `esp_image_format.c`).
    public static let sizeLimit = 16 << 20

    /// Where the data is copied or mapped to; 0 for padding, which is neither.
    public var loadAddress: UInt32
    /// What stands behind the segment's header.
    public var data: [UInt8]

    /// A segment of this data.
    public init(loadAddress: UInt32, data: [UInt8]) {
        self.loadAddress = loadAddress
        self.data = data
    }

    /// The address and the length, as they stand before the data.
    public var header: [UInt8] {
        Self.header(loadAddress: self.loadAddress, count: self.data.count)
    }

    /// What stands before data of so many bytes. Of the count, the lower 32 bits are written.
    public static func header(loadAddress: UInt32, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(integer: loadAddress)
        bytes.append(integer: UInt32(truncatingIfNeeded: count))
        return bytes
    }
}
