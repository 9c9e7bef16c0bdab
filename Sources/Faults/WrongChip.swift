public import FaultKit
import FirmwareImage

/// Says in the header that the image is for another chip.
public struct WrongChip: ImageFault {
    public static let manual = Manual(
        name: "wrong-chip",
        summary: "says that the image is for another chip",
        requirement:
            "The client refuses an image for another chip, best before it writes any of it, and keeps the "
            + "firmware that it runs.",
        knobs: [
            .init(
                "chip",
                "the chip in the header: a name as esptool has it, such as esp32c3, or an id such as "
                    + "0xfffe; default esp32s3, or esp32 for an image of that"),
            Resealing.knob(default: .full),
        ],
        example: ["chip": "esp32s3"])

    private let chip: ChipID?
    private let resealing: Resealing

    /// Reads `chip` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.chip = try knobs.readIfSet("chip")
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or one for that chip.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            let other: Chip = map.header.chip == .esp32s3 ? .esp32 : .esp32s3
            let id = self.chip?.value ?? other.rawValue
            try image.change(["header.chip_id": Int(id)], in: map)
        }
    }
}

private struct ChipID: KnobValue, Hashable {
    static let form =
        "an id such as 0xfffe, or the name of a chip: "
        + Chip.ids.sorted { $0.value < $1.value }.map(\.key).joined(separator: ", ")

    let value: UInt16

    init?(knob text: String) {
        guard let value = Chip.ids[text.lowercased()] ?? FieldNumber<UInt16>(knob: text)?.value
        else {
            return nil
        }
        self.value = value
    }
}
