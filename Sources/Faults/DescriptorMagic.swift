public import FaultKit
import FirmwareImage

/// Takes the magic word of the app descriptor away.
public struct DescriptorMagic: ImageFault {
    public static let manual = Manual(
        name: "descriptor-magic",
        summary: "begins the app descriptor with another word than 0xabcd5432",
        requirement:
            "The client refuses an image without an app descriptor, keeps the firmware that it runs, and does "
            + "not crash over it.",
        knobs: [
            .init("word", "the descriptor's first word, any but 0xabcd5432; default 0"),
            Resealing.knob(default: .full),
        ],
        example: ["word": "0x0"])

    private let word: UInt32
    private let resealing: Resealing

    /// Reads `word` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.word = try knobs.read("word", default: FieldNumber<UInt32>(0)).value
        self.resealing = try Resealing(&knobs, default: .full)
        if self.word == AppDescriptor.magic {
            throw KnobError(knob: "word", "'word' is the right one; write any but 0xabcd5432")
        }
    }

    /// - Throws: ``ImageError`` if the image is no app image, or has that word already.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.change(["app.magic_word": Int(self.word)], in: map)
        }
    }
}
