public import FaultKit
import FirmwareImage

/// Gives the app another security version.
public struct SecureVersion: ImageFault {
    public static let manual = Manual(
        name: "secure-version",
        summary: "gives the app another security version, the one that anti-rollback looks at",
        requirement:
            "The client with anti-rollback refuses a lower version than its eFuses have and never boots it; "
            + "a higher one it burns only once the app is confirmed.",
        knobs: [
            .init(
                "version",
                "the app's security version; chips can hold 16, ESP32-C2 4 and ESP32 32"),
            Resealing.knob(default: .full),
        ],
        example: ["version": "1"])

    private let version: UInt32
    private let resealing: Resealing

    /// Reads `version` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.version = try knobs.read("version", as: FieldNumber<UInt32>.self).value
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or has no descriptor.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.set("app.secure_version", to: "\(self.version)", in: map)
        }
    }
}
