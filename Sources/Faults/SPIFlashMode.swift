public import FaultKit
import FirmwareImage

/// Says in the app descriptor that the app was built for another mode of the flash.
public struct SPIFlashMode: ImageFault {
    public static let manual = Manual(
        name: "spi-flash-mode",
        summary: "says in the app descriptor that the app was built for another mode of the flash",
        requirement:
            "The client that knows the field, as ESP-IDF from v6.1 on, refuses an image of another mode than "
            + "the running app's, if both say one, and keeps the firmware that it runs.",
        knobs: [
            .init(
                "mode",
                "the mode: qio (1, default), qout (2), dio (3), dout (4), or a number; 0 says none"),
            Resealing.knob(default: .full),
        ],
        example: ["mode": "qio"])

    private let mode: UInt8
    private let resealing: Resealing

    /// Reads `mode` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.mode = try knobs.read("mode", default: Mode(1)).value
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or says that mode already.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.change(["app.spi_flash_mode": Int(self.mode)], in: map)
        }
    }
}

/// As `CONFIG_ESPTOOLPY_FLASHMODE_VAL` counts them, from one; the image header counts from zero.
private struct Mode: KnobValue, Hashable {
    static let form = "qio, qout, dio, dout, or a number from 0 to 255"

    let value: UInt8

    init(_ value: UInt8) { self.value = value }

    init?(knob text: String) {
        let names: [String: UInt8] = ["qio": 1, "qout": 2, "dio": 3, "dout": 4]
        guard let value = names[text.lowercased()] ?? FieldNumber<UInt8>(knob: text)?.value else {
            return nil
        }
        self.value = value
    }
}
