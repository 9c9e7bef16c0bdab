public import FaultKit
import FirmwareImage

/// Serves the image as a gzip file, which nothing in the answer says.
public struct GzippedImage: ImageFault {
    public static let manual = Manual(
        name: "gzipped-image",
        summary: "serves a gzip file of the image, with the image's own name and type",
        requirement:
            "The client that does not unpack gzip files sees by the first byte that this is no firmware, "
            + "and keeps what it runs.")

    /// Magic, the method "deflate", no flags, no time, no extra flags, an unknown system (RFC 1952 §2.3).
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
    /// What a stored block holds at most (RFC 1951 §3.2.4).
    private static let blockSize = 65_535

    /// Reads no knobs.
    public init(_ knobs: inout Knobs) throws {}

    /// The image itself is not touched: headers of stored blocks are put between its bytes.
    /// - Throws: ``ImageError`` if the image cannot be read.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        let count = image.count
        var trailer: [UInt8] = []
        trailer.append(integer: try Self.crc(of: image))
        trailer.append(integer: UInt32(truncatingIfNeeded: count))
        var place = 0
        var left = count
        repeat {
            let size = min(left, Self.blockSize)
            left -= size
            let header = Self.block(size, isLast: left == 0)
            image.replace(place..<place, with: header)
            place += header.count + size
        } while left > 0
        image.replace(0..<0, with: Self.header)
        image.replace(image.count..<image.count, with: trailer)
    }

    /// The header of a stored block: three bits, padded to a byte, the length, and the length inverted.
    private static func block(_ size: Int, isLast: Bool) -> [UInt8] {
        let length = UInt16(size)
        var header: [UInt8] = [isLast ? 1 : 0]
        header.append(integer: length)
        header.append(integer: ~length)
        return header
    }

    private static func crc(of image: Image) throws -> UInt32 {
        var crc: UInt32 = 0
        try image.forEachWindow(in: 0..<image.count) { crc = CRC32.of($0, continuing: crc) }
        return crc
    }
}
