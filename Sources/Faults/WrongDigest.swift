public import FaultKit
import FirmwareImage

/// Damages the SHA-256 of an app image.
public struct WrongDigest: ImageFault {
    public static let manual = Manual(
        name: "wrong-digest",
        summary: "damages a byte of the SHA-256 that ends an app image",
        requirement:
            "The client compares all 32 bytes of the SHA-256, keeps the firmware that it runs, and never "
            + "boots the image.",
        knobs: [
            .init("byte", "which of the 32 bytes, 0 to 31; default 31, the last"),
            .init("mask", "bits of the byte that are turned over; default 0x01"),
        ],
        example: ["byte": "31", "mask": "0x01"])

    private let byte: Int
    private let mask: Mask

    /// Reads `byte` and `mask`.
    public init(_ knobs: inout Knobs) throws {
        self.byte = try knobs.read("byte", default: 31)
        self.mask = try knobs.read("mask", default: Mask(0x01))
        guard (0..<SHA256.digestSize).contains(self.byte) else {
            throw KnobError(knob: "byte", "'byte' is out of range; write 0 to 31")
        }
    }

    /// - Throws: ``ImageError`` if the image is no app image, or has no SHA-256.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        guard let digest = try image.appImageMap().digest else {
            throw ImageError(
                "'\(image.name)' has no SHA-256 that wrong-digest could damage, as its hash_appended is 0; "
                    + "offer an image with one")
        }
        try image.edit(at: digest.lowerBound + self.byte) { $0 ^ self.mask.bits }
    }
}
