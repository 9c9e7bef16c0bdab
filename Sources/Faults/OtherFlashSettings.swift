public import FaultKit
import FirmwareImage

/// Says in the header that the image is for a board with other flash.
public struct OtherFlashSettings: ImageFault {
    public static let manual = Manual(
        name: "other-flash-settings",
        summary: "says in the header that the flash is driven in another way than the board's",
        requirement:
            "The client takes the image: mode, speed and size of the flash are those of its bootloader, and "
            + "an update does not look at them.",
        knobs: [
            .init("mode", "qio, qout, dio, dout, fast_read, slow_read, or a number up to 255"),
            .init("speed", "0 to 15: 0 for a half of the full clock, 15 for all of it"),
            .init("size", "0 to 15: the flash holds 2 to this power in megabytes"),
            Resealing.knob(default: .full),
        ],
        example: ["mode": "qio", "size": "7"])

    private let mode: FlashMode?
    private let speed: Nibble?
    private let size: Nibble?
    private let resealing: Resealing

    /// Reads `mode`, `speed`, `size` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.mode = try knobs.readIfSet("mode")
        self.speed = try knobs.readIfSet("speed")
        self.size = try knobs.readIfSet("size")
        self.resealing = try Resealing(&knobs, default: .full)
        if self.mode == nil, self.speed == nil, self.size == nil {
            throw KnobError(
                knob: "mode", "'mode' is missing, and so are 'speed' and 'size'; write one of them")
        }
    }

    /// - Throws: ``ImageError`` if the image is no app image, or says so already.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.change(
                [
                    "header.spi_mode": self.mode?.value, "header.spi_speed": self.speed?.value,
                    "header.spi_size": self.size?.value,
                ], in: map)
        }
    }
}

/// As the image header counts them (ESP-IDF, `esp_image_spi_mode_t`).
private struct FlashMode: KnobValue, Hashable {
    private static let names = ["qio", "qout", "dio", "dout", "fast_read", "slow_read"]
    static let form = "a number from 0 to 255, or one of " + Self.names.joined(separator: ", ")

    let value: Int

    init?(knob text: String) {
        let number = FieldNumber<UInt8>(knob: text).map { Int($0.value) }
        guard let value = Self.names.firstIndex(of: text.lowercased()) ?? number else {
            return nil
        }
        self.value = value
    }
}

private struct Nibble: KnobValue, Hashable {
    static let form = "a number from 0 to 15"

    let value: Int

    init?(knob text: String) {
        guard let number = FieldNumber<UInt8>(knob: text)?.value, number < 16 else { return nil }
        self.value = Int(number)
    }
}
