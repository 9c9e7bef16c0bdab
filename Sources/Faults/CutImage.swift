public import FaultKit

/// Ends the image early; the length that is said is that of the rest.
public struct CutImage: ImageFault {
    public static let manual = Manual(
        name: "cut-image",
        summary: "ends the image at a place, with a length that is honest about it",
        requirement:
            "The client finds that the image is not whole, though all of the body came; it keeps the "
            + "firmware that it runs and never boots the rest, whatever the slot held before.",
        knobs: [
            .init("at", "place of the first byte that is missing; 0 leaves an empty file"),
            .init("align", "the place is rounded down to a multiple of this; default 1"),
        ],
        example: ["at": "50%", "align": "4096"])

    private let at: Offset
    private let align: Int

    /// Reads `at` and `align`.
    public init(_ knobs: inout Knobs) throws {
        self.at = try knobs.read("at")
        self.align = try knobs.read("align", default: ByteCount(1)).bytes
        guard self.align > 0 else {
            throw KnobError(knob: "align", "'align' is 0; write at least 1 byte")
        }
    }

    /// - Throws: ``ImageError`` if the image ends before the place.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        // An offset resolves in any known total.
        let place = (self.at.resolved(in: image.count) ?? 0) / self.align * self.align
        guard place < image.count else {
            throw ImageError(
                "'\(image.name)' has \(image.count) bytes and is to be cut at \(place); lower the 'at' of "
                    + "cut-image or offer a larger image")
        }
        image.replace(place..<image.count, with: [])
    }
}
