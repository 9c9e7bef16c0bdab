public import FaultKit
import FirmwareImage

/// Says in the app descriptor that the app runs on other revisions of the chip's eFuse block.
public struct EfuseBlockRevision: ImageFault {
    public static let manual = Manual(
        name: "efuse-block-revision",
        summary: "says that the app needs a newer eFuse block, or an older one",
        requirement:
            "The client refuses an image that does not run with its chip's eFuse block, and keeps the "
            + "firmware that it runs; ESP32, which has no such revision, does not look.",
        knobs: [
            .init("min", "the lowest revision of the eFuse block, such as 1.3 or 103"),
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

    /// - Throws: ``ImageError`` if the image is no app image, or has no descriptor, or says so already.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.change(
                [
                    "app.min_efuse_blk_rev_full": self.limits.min,
                    "app.max_efuse_blk_rev_full": self.limits.max,
                ],
                in: map)
        }
    }
}
