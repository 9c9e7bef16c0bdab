public import FaultKit
import FirmwareImage

/// Serves one part of the image from this build and the other from another one of the same length.
///
/// The other build is made of this one, so it passes each check of an unsigned image, and it would not
/// run. Parts of two real builds need two files, which no fault is handed.
public struct MixBuilds: ImageFault {
    public static let manual = Manual(
        name: "mix-builds",
        summary:
            "serves a part of the image from a made-up build of the same length: this one with noise for "
            + "code and data, and with a version, ELF digest and right seals of its own",
        requirement:
            "The client finds that the parts do not belong together, keeps the firmware that it runs, and "
            + "never boots the image.",
        knobs: [
            .init("from", "first place of the other build's part; default 50%"),
            .init("to", "place behind the last; default the image's end"),
            .init("version", "version of the other build, at most 31 bytes; default 'other'"),
        ],
        example: ["from": "50%"])

    private let from: Offset
    private let to: Offset
    private let version: DescriptorText

    /// Reads `from`, `to` and `version`.
    public init(_ knobs: inout Knobs) throws {
        self.from = try knobs.read("from", default: .share(Ratio(1, 2)))
        self.to = try knobs.read("to", default: .beforeEnd(0))
        self.version = try knobs.read("version", default: DescriptorText("other"))
    }

    /// - Throws: ``ImageError`` if the image is no app image with room for a descriptor, or one of the two builds
    ///   would have no part in it.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        // Offsets resolve in any known total.
        let start = self.from.resolved(in: image.count) ?? 0
        let end = min(self.to.resolved(in: image.count) ?? 0, image.count)
        guard start < end, start > 0 || end < image.count else {
            throw ImageError(
                "'\(image.name)' has \(image.count) bytes, of which mix-builds is to take \(start) to "
                    + "\(end) from another build; choose 'from' and 'to' so that both have a part")
        }
        let other = try self.otherBuild(of: image, &dice)
        image.replace(start..<end, with: other.slice(start..<end))
    }

    /// A build that has all of its parts where the image has them.
    private func otherBuild(of image: Image, _ dice: inout Dice) throws -> Image {
        let map = try image.appImageMap()
        var other = image
        try other.set("app.version", to: self.version.value, in: map)
        let elfDigest = ImageField.named("app.app_elf_sha256", in: map)
        for range in map.contents.ranges + [elfDigest?.range].compactMap({ $0 }) {
            other.replace(range, with: Noise(seed: dice.next(), count: range.count))
        }
        try map.reseal(&other, .full)
        return other
    }
}
