public import FaultKit
import FirmwareImage

/// Begins the image with another byte than the magic one.
public struct WrongMagic: ImageFault {
    public static let manual = Manual(
        name: "wrong-magic",
        summary: "begins the image with another byte than 0xe9",
        requirement:
            "The client refuses what does not begin with the magic byte before it writes more of it, and "
            + "keeps the firmware that it runs.",
        knobs: [
            .init("byte", "the image's first byte, any but 0xe9; default 0x00"),
            Resealing.knob(default: .full),
        ],
        example: ["byte": "0x00"])

    private let byte: UInt8
    private let resealing: Resealing

    /// Reads `byte` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.byte = try knobs.read("byte", default: FieldNumber<UInt8>(0)).value
        self.resealing = try Resealing(&knobs, default: .full)
        if self.byte == ImageHeader.magic {
            throw KnobError(knob: "byte", "'byte' is the right one; write any but 0xe9")
        }
    }

    /// - Throws: ``ImageError`` if the image is no app image.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.change(["header.magic": Int(self.byte)], in: map)
        }
    }
}
