public import FaultKit
import FirmwareImage

/// Sends the processor elsewhere when the app begins.
public struct EntryAddress: ImageFault {
    public static let manual = Manual(
        name: "entry-address",
        summary: "says that the app begins elsewhere, so that it crashes on its first boot",
        requirement:
            "The device resets at the jump, rolls back to the app that ran before, and does not boot the "
            + "image again; nothing checks the address before the jump.",
        knobs: [
            .init("address", "where the bootloader jumps to; default 0"),
            Resealing.knob(default: .full),
        ],
        example: ["address": "0x0"])

    private let address: UInt32
    private let resealing: Resealing

    /// Reads `address` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.address = try knobs.read("address", default: FieldNumber<UInt32>(0)).value
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or begins there.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.change(["header.entry_addr": Int(self.address)], in: map)
        }
    }
}
