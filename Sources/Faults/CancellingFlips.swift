public import FaultKit
import FirmwareImage

/// Turns the same bits of two bytes over, which the checksum of an app image cannot show.
///
/// The checksum is an exclusive or of all bytes of the segments, so two changes that are alike cancel
/// (ESP-IDF, "App Image Format").
public struct CancellingFlips: ImageFault {
    public static let manual = Manual(
        name: "cancelling-flips",
        summary:
            "turns the same bits of two bytes of an app image over, so that its checksum stays right",
        requirement:
            "The client finds by the SHA-256 what the checksum cannot show, keeps the firmware that it "
            + "runs, and never boots the image.",
        knobs: [
            .init(
                "at",
                "place of the first byte, in a segment's data; default picked by the seed, behind the "
                    + "descriptor"),
            .init("distance", "bytes from the first to the second, at least 1; default 16"),
            .init("mask", "bits that are turned over in both; default 0x01"),
        ],
        example: ["distance": "16", "mask": "0x80"])

    private let at: Offset?
    private let distance: Int
    private let mask: Mask

    /// Reads `at`, `distance` and `mask`.
    public init(_ knobs: inout Knobs) throws {
        self.at = try knobs.readIfSet("at")
        self.distance = try knobs.read("distance", default: ByteCount(16)).bytes
        self.mask = try knobs.read("mask", default: Mask(0x01))
        guard self.distance > 0 else {
            throw KnobError(knob: "distance", "'distance' is 0; write at least 1 byte")
        }
    }

    /// - Throws: ``ImageError`` if the image is no app image, or one of the two bytes is not in a
    ///   segment's data.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        let map = try image.appImageMap()
        let first =
            try self.at.flatMap { $0.resolved(in: image.count) } ?? self.pick(in: image, map, &dice)
        // Knobs hold numbers up to the largest there is.
        let places = [first, first + min(self.distance, .max - first)]
        let data = Places(map.segments.map(\.data))
        for place in places where !data.contains(place) {
            throw ImageError(
                "'\(image.name)' has no segment's data at \(place), where cancelling-flips is to turn bits "
                    + "over; choose another 'at' or 'distance'")
        }
        for place in places { try image.edit(at: place) { $0 ^ self.mask.bits } }
    }

    /// A place from which the distance does not lead out of the segment.
    private func pick(in image: Image, _ map: AppImageMap, _ dice: inout Dice) throws -> Int {
        let room = Places(
            map.contents.ranges.map {
                $0.lowerBound..<max($0.lowerBound, $0.upperBound - self.distance)
            })
        guard room.count > 0 else {
            throw ImageError(
                "'\(image.name)' has no segment with two bytes that are \(self.distance) apart; lower "
                    + "the 'distance' of cancelling-flips or offer a larger image")
        }
        return room[dice.roll(0..<room.count)]
    }
}
