public import FaultKit

/// Puts noise in the place of the image, from a byte on.
public struct RandomBytes: ImageFault {
    public static let manual = Manual(
        name: "random-bytes",
        summary: "serves noise of the image's length, the same for each request",
        requirement:
            "The client sees by the magic byte, or by the app descriptor, that this is no firmware, and "
            + "keeps what it runs.",
        knobs: [
            .init(
                "from",
                "place of the first byte of noise, which is never the honest one; default 0; 1 keeps the "
                    + "magic byte, 24 the image's header")
        ],
        example: ["from": "24"])

    private let from: Offset

    /// Reads `from`.
    public init(_ knobs: inout Knobs) throws {
        self.from = try knobs.read("from", default: .bytes(0))
    }

    /// - Throws: ``ImageError`` if the image ends before the place.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        // An offset resolves in any known total.
        let start = self.from.resolved(in: image.count) ?? 0
        guard start < image.count else {
            throw ImageError(
                "'\(image.name)' has \(image.count) bytes, and random-bytes is to begin at \(start); lower "
                    + "its 'from' or offer a larger image")
        }
        let honest = try image.bytes(in: start..<start + 1)[0]
        image.replace(
            start..<image.count, with: Noise(seed: dice.next(), count: image.count - start))
        let first = honest ^ UInt8(dice.roll(1..<256))
        image.replace(start..<start + 1, with: [first])
    }
}
