public import FaultKit
import FirmwareImage

/// Gives the app another version.
public struct AppVersion: ImageFault {
    public static let manual = Manual(
        name: "app-version",
        summary: "gives the app another version, such as the one that runs or an older one",
        requirement:
            "The client does not install the version that it runs, nor one that it rolled back; whether it "
            + "takes an older one is its own policy, as ESP-IDF has none.",
        knobs: [
            .init("version", "the app's version, at most 31 bytes"),
            Resealing.knob(default: .full),
        ],
        example: ["version": "1.0.0"])

    private let version: DescriptorText
    private let resealing: Resealing

    /// Reads `version` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.version = try knobs.read("version")
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or has no descriptor.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.set("app.version", to: self.version.value, in: map)
        }
    }
}
