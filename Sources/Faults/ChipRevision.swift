public import FaultKit
import FirmwareImage

/// Says in the header that the image runs on other revisions of the chip.
public struct ChipRevision: ImageFault {
    public static let manual = Manual(
        name: "chip-revision",
        summary: "says that the image needs a newer chip, or an older one",
        requirement:
            "The client refuses an image that does not run on its chip's revision, and keeps the firmware "
            + "that it runs.",
        knobs: [
            .init("min", "the lowest chip revision that may run the image, such as 3.1 or 301"),
            .init("max", "the highest one; 0 and 65535 mean any"),
            Resealing.knob(default: .full),
        ],
        example: ["min": "99.0"])

    private let limits: RevisionLimits
    private let resealing: Resealing

    /// Reads `min`, `max` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.limits = try RevisionLimits(&knobs)
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or says so already.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.change(
                [
                    "header.min_chip_rev_full": self.limits.min,
                    "header.max_chip_rev_full": self.limits.max,
                ],
                in: map)
        }
    }
}
