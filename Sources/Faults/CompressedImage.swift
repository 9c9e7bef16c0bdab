public import FaultKit
import FirmwareImage

/// Serves the image packed, which nothing in the answer says.
public struct CompressedImage: ImageFault {
    public static let manual = Manual(
        name: "compressed-image",
        summary: "serves the image packed, with the image's own name and type",
        requirement:
            "The client that does not unpack such files sees by the first byte that this is no firmware, "
            + "and keeps what it runs.",
        knobs: [
            .init(
                "format",
                "gzip (default); zlib, which HTTP calls deflate (RFC 9110 §8.4.1.2); or deflate: the bare "
                    + "stream that some servers send under that name")
        ],
        example: ["format": "zlib"])

    private enum Format: String, CaseIterable, KnobValue { case gzip, zlib, deflate }

    /// Magic, the method "deflate", no flags, no time, no extra flags, an unknown system (RFC 1952 §2.3).
    private static let gzipHeader: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
    /// The method "deflate" with a window of 32 KiB, the fastest level, and a check of both (RFC 1950 §2.2).
    private static let zlibHeader: [UInt8] = [0x78, 0x01]
    /// What a stored block holds at most (RFC 1951 §3.2.4).
    private static let blockSize = 65_535

    private let format: Format

    /// Reads `format`.
    public init(_ knobs: inout Knobs) throws {
        self.format = try knobs.read("format", default: .gzip)
    }

    /// The image itself is not touched: headers of stored blocks are put between its bytes.
    /// - Throws: ``ImageError`` if the image cannot be read.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        let (header, trailer) = try self.frame(of: image)
        var place = 0
        var left = image.count
        repeat {
            let size = min(left, Self.blockSize)
            left -= size
            let block = Self.block(size, isLast: left == 0)
            image.replace(place..<place, with: block)
            place += block.count + size
        } while left > 0
        image.replace(0..<0, with: header)
        image.replace(image.count..<image.count, with: trailer)
    }

    /// What stands before the stream, and behind it.
    private func frame(of image: Image) throws -> (header: [UInt8], trailer: [UInt8]) {
        var trailer: [UInt8] = []
        switch self.format {
        case .gzip:
            var crc: UInt32 = 0
            try image.forEachWindow(in: 0..<image.count) { crc = CRC32.of($0, continuing: crc) }
            trailer.append(integer: crc)
            trailer.append(integer: UInt32(truncatingIfNeeded: image.count))
            return (Self.gzipHeader, trailer)
        case .zlib:
            var sum = Adler32()
            try image.forEachWindow(in: 0..<image.count) { sum.add($0) }
            return (Self.zlibHeader, sum.value.bigEndianBytes)
        case .deflate: return ([], [])
        }
    }

    /// The header of a stored block: three bits, padded to a byte, the length, and the length inverted.
    private static func block(_ size: Int, isLast: Bool) -> [UInt8] {
        let length = UInt16(size)
        var header: [UInt8] = [isLast ? 1 : 0]
        header.append(integer: length)
        header.append(integer: ~length)
        return header
    }
}

/// The checksum of zlib's format (RFC 1950 §8.2).
private struct Adler32 {
    private var first: UInt32 = 1
    private var second: UInt32 = 0

    var value: UInt32 { self.second << 16 | self.first }

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            self.first = (self.first + UInt32(byte)) % 65_521
            self.second = (self.second + self.first) % 65_521
        }
    }
}
