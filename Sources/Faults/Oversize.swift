public import FaultKit
import FirmwareImage

/// Makes the image larger than the slot that it is for.
public struct Oversize: ImageFault {
    public static let manual = Manual(
        name: "oversize",
        summary: "makes the image as long as wanted, by bytes behind it or by segments that pad it",
        requirement:
            "The client refuses what does not fit its slot, at the latest when the slot is full, writes "
            + "nothing beyond it, and keeps the firmware that it runs.",
        knobs: [
            .init("size", "length to reach, more than the image has and at most 1GiB"),
            .init(
                "how",
                "by what: trailing (default: 0xFF behind the image, which no verifier looks at) or segment "
                    + "(an image that is valid but for its length: padding segments are added, checksum and "
                    + "SHA-256 are right, what stood behind is gone, a signature too; the length is rounded "
                    + "up as the format wants, to a multiple of 16)"),
        ],
        example: ["size": "1MiB", "how": "segment"])

    private enum How: String, CaseIterable, KnobValue { case trailing, segment }

    /// What the bytes of erased flash are.
    private static let filling: UInt8 = 0xFF

    private let size: Int
    private let how: How

    /// Reads `size` and `how`.
    public init(_ knobs: inout Knobs) throws {
        self.size = try knobs.read("size", as: ByteCount.self).bytes
        self.how = try knobs.read("how", default: .trailing)
        guard (1...1 << 30).contains(self.size) else {
            throw KnobError(knob: "size", "'size' is out of range; write 1 byte to 1GiB")
        }
    }

    /// - Throws: ``ImageError`` if the image is longer already or, for `segment`, is no app image or has
    ///   no room for the segments.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        switch self.how {
        case .trailing:
            guard self.size > image.count else { throw self.refusal(of: image) }
            image.replace(
                image.count..<image.count,
                with: Repeated(Self.filling, count: self.size - image.count))
        case .segment:
            try self.pad(&image, try image.appImageMap())
        }
    }

    private func pad(_ image: inout Image, _ map: AppImageMap) throws {
        let start = map.padding.lowerBound
        let digest = map.digest?.count ?? 0
        // Three zeros and the checksum end the last block of 16.
        let end = (self.size - digest + 15) / 16 * 16 - 4
        // A length is a multiple of 4.
        let most = ImageSegment.headerSize + ImageSegment.sizeLimit - 4
        let count = (end - start + most - 1) / most
        guard end - start >= ImageSegment.headerSize + 4,
            map.segments.count + count <= ImageHeader.mostSegments
        else {
            throw self.refusal(of: image)
        }
        // Equal shares, in whole words, and the rest to the last.
        let share = ((end - start) / count + 3) / 4 * 4
        image.replace(start..<image.count, with: [])
        for number in 0..<count {
            let room = number < count - 1 ? share : end - start - share * (count - 1)
            image.appendPadding(room - ImageSegment.headerSize, of: Self.filling)
        }
        image.replace(end..<end, with: Repeated(0, count: 4 + digest))
        image.replace(1..<2, with: [UInt8(map.segments.count + count)])
        try image.appImageMap().reseal(&image, .full)
    }

    private func refusal(of image: Image) -> ImageError {
        ImageError(
            "'\(image.name)' has \(image.count) bytes and cannot be made \(self.size) long by "
                + "\(self.how.rawValue); choose another 'size' for oversize, or offer another image"
        )
    }
}

extension Image {
    /// Appends a segment that is not loaded (ESP-IDF, `esp_image_format.c`: a load address under 0x10000000).
    /// - Parameter count: bytes of its data.
    fileprivate mutating func appendPadding(_ count: Int, of byte: UInt8) {
        self.replace(
            self.count..<self.count, with: ImageSegment.header(loadAddress: 0, count: count))
        self.replace(self.count..<self.count, with: Repeated(byte, count: count))
    }
}
