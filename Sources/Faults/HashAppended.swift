public import FaultKit
import FirmwareImage

/// Says in the header of an app image that a SHA-256 follows, or that none does.
public struct HashAppended: ImageFault {
    public static let manual = Manual(
        name: "hash-appended",
        summary: "sets the header's hash_appended, which says whether a SHA-256 ends the app image",
        requirement:
            "The client that demands a SHA-256 or a signature refuses an image without one; ESP-IDF "
            + "demands none, takes any value but 0 for one that follows, and then compares it.",
        knobs: [
            .init("value", "hash_appended, 0 to 255; default 0"),
            .init(
                "digest",
                "what becomes of the 32 bytes: fit (default: taken out at 0, else right) or keep (they stay "
                    + "or stay away as they are, so they are wrong or missing unless 'value' is 0)"),
        ],
        example: ["value": "0"])

    private enum Digest: String, CaseIterable, KnobValue { case fit, keep }

    /// Of `hash_appended` in the header.
    private static let place = 23

    private let value: UInt8
    private let digest: Digest

    /// Reads `value` and `digest`.
    public init(_ knobs: inout Knobs) throws {
        let value = try knobs.read("value", default: 0)
        self.digest = try knobs.read("digest", default: .fit)
        guard let value = UInt8(exactly: value) else {
            throw KnobError(knob: "value", "'value' is out of range; write 0 to 255")
        }
        self.value = value
    }

    /// - Throws: ``ImageError`` if the image is no app image, or says so already.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        let map = try image.appImageMap()
        guard map.header.digestFlag != self.value else {
            throw ImageError(
                "'\(image.name)' has \(self.value) as its hash_appended already; choose another 'value' "
                    + "for hash-appended")
        }
        image.replace(Self.place..<Self.place + 1, with: [self.value])
        guard self.digest == .fit else { return }
        try image.signAnew(map.resealDigest(&image))
    }
}
