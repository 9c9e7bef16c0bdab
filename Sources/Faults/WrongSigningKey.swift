public import FaultKit

/// Signs an image with a key that nobody trusts.
public struct WrongSigningKey: ImageFault {
    public static let manual = Manual(
        name: "wrong-signing-key",
        summary: "signs the image with a key that nobody trusts, instead of its own signatures",
        requirement:
            "The client refuses the image because it does not trust the key, although the signature is "
            + "right, and keeps the firmware that it runs.")

    /// Reads no knobs.
    public init(_ knobs: inout Knobs) throws {}

    /// - Throws: ``ImageError`` if the image is no signed app image, or nobody can sign.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try image.sign(image.signedAppImageMap().map, by: .stranger)
    }
}
