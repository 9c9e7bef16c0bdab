/// The checksum byte of an image: 0xEF and every byte of every segment's data, under exclusive or.
///
/// Segment headers and the image header do not count
/// (ESP-IDF, `bootloader_support/src/esp_image_format.c`).
public struct Checksum: Sendable, Hashable {
    /// The byte, of what has been added so far.
    public private(set) var value: UInt8 = 0xEF

    /// The checksum of no data.
    public init() {}

    /// The checksum of an image that has these segments.
    public init(of segments: [ImageSegment]) {
        for segment in segments { self.add(segment.data) }
    }

    /// Takes more of the segments' data into account.
    public mutating func add(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            let whole = bytes.count & ~7
            var word: UInt64 = 0
            var place = 0
            while place < whole {
                word ^= bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                place += 8
            }
            for byte in bytes[whole...] { self.value ^= byte }
            for shift in stride(from: 0, to: 64, by: 8) {
                self.value ^= UInt8(truncatingIfNeeded: word >> UInt64(shift))
            }
        }
    }

    /// Where the checksum stands in the file: the last byte of the 16-byte block in which, behind
    /// the last segment, there is room for it. What lies between is padding.
    /// - Parameter end: the place behind the last segment's data.
    public static func place(behind end: Int) -> Int { end | 15 }
}
