public import FaultKit
import FirmwareImage

/// Damages the checksum byte of an app image.
public struct WrongChecksum: ImageFault {
    public static let manual = Manual(
        name: "wrong-checksum",
        summary: "damages the checksum byte of an app image",
        requirement:
            "The client finds that the checksum is not that of the segments, keeps the firmware that it "
            + "runs, and never boots the image.",
        knobs: [
            .init("mask", "bits of the byte that are turned over; default 0x01"),
            .init(
                "digest",
                "what becomes of the SHA-256, which covers the byte: fit (default: right over the wrong "
                    + "byte) or keep (that of the honest image)"),
        ],
        example: ["mask": "0xFF", "digest": "fit"])

    private enum Digest: String, CaseIterable, KnobValue { case fit, keep }

    private let mask: Mask
    private let digest: Digest

    /// Reads `mask` and `digest`.
    public init(_ knobs: inout Knobs) throws {
        self.mask = try knobs.read("mask", default: Mask(0x01))
        self.digest = try knobs.read("digest", default: .fit)
    }

    /// - Throws: ``ImageError`` if the image is no app image.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        let map = try image.appImageMap()
        try image.edit(at: map.checksum) { $0 ^ self.mask.bits }
        if self.digest == .fit { try map.resealDigest(&image) }
    }
}
