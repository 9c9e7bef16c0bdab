public import FaultKit
import FirmwareImage

/// Makes the first segment too small for the app descriptor, or larger than what can be mapped at once.
public struct FirstSegment: ImageFault {
    public static let manual = Manual(
        name: "first-segment",
        summary: "makes the first segment smaller by splitting it, or larger by noise at its end",
        requirement:
            "The client finds the app descriptor that begins the first segment, or refuses the image and keeps "
            + "the firmware that it runs, however large that segment is.",
        knobs: [
            .init(
                "size",
                "bytes that the segment shall have: a multiple of 4 that is smaller than now (a segment of its "
                    + "own begins with the rest, and nothing moves), or larger (noise is put in, so many "
                    + "bytes that all behind it moves by a multiple of 64 KiB)"),
            Resealing.knob(default: .full),
        ],
        example: ["size": "128"])

    private let size: ByteCount
    private let resealing: Resealing

    /// Reads `size` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.size = try knobs.read("size")
        self.resealing = try Resealing(&knobs, default: .full)
        guard self.size.bytes % 4 == 0, self.size.bytes < ImageSegment.sizeLimit else {
            throw KnobError(
                knob: "size", "'size' is out of range; write a multiple of 4 below 16 MiB")
        }
    }

    /// - Throws: ``ImageError`` if the image is no app image, or its first segment cannot have that size.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        let map = try image.appImageMap()
        let first = try image.segment(0, in: map)
        if self.size.bytes > first.data.count {
            try self.grow(first, in: &image, map, &dice)
        } else {
            try self.split(first, in: &image, map)
        }
        try self.resealing.seal(&image, image.appImageMap())
    }

    private func split(
        _ first: AppImageMap.Segment, in image: inout Image, _ map: AppImageMap
    ) throws {
        let size = self.size.bytes
        let rest = first.data.count - size - ImageSegment.headerSize
        guard rest >= 0, map.segments.count < ImageHeader.mostSegments else {
            throw ImageError(
                "'\(image.name)' has \(map.segments.count) segments, the first of \(first.data.count) "
                    + "bytes, and cannot give bytes from \(size) on to another one; lower 'size', or "
                    + "offer an image with fewer segments")
        }
        let place = first.data.lowerBound + size
        // The data behind the new header stays where it was mapped or copied to.
        let moved = UInt32(truncatingIfNeeded: size + ImageSegment.headerSize)
        let second = ImageSegment.header(loadAddress: first.loadAddress &+ moved, count: rest)
        image.replace(place..<place + second.count, with: second)
        try image.set("segment[0].data_len", to: "\(size)", in: map)
        try image.set("header.segment_count", to: "\(map.segments.count + 1)", in: map)
    }

    private func grow(
        _ first: AppImageMap.Segment, in image: inout Image, _ map: AppImageMap, _ dice: inout Dice
    ) throws {
        let growth =
            (self.size.bytes - first.data.count + Chip.page - 1) / Chip.page * Chip.page
        let count = first.data.count + growth
        guard count < ImageSegment.sizeLimit else {
            throw ImageError(
                "'\(image.name)' moves by multiples of 64 KiB, with which its first segment would have "
                    + "\(count) bytes, and it has to stay below 16 MiB; lower 'size'")
        }
        image.replace(
            first.data.upperBound..<first.data.upperBound,
            with: Noise(seed: dice.next(), count: growth))
        try image.set("segment[0].data_len", to: "\(count)", in: map)
    }
}
