public import FaultKit
import FirmwareImage

/// Gives the app the name of another project.
public struct OtherProject: ImageFault {
    public static let manual = Manual(
        name: "other-project",
        summary: "gives the app the name of another project",
        requirement:
            "The client does with firmware of another project what its own policy says, as ESP-IDF does not "
            + "look at the name: it refuses the image, or runs it and still rolls back one that fails.",
        knobs: [
            .init("name", "the project's name, at most 31 bytes; default other-project"),
            Resealing.knob(default: .full),
        ],
        example: ["name": "other-project"])

    private let name: DescriptorText
    private let resealing: Resealing

    /// Reads `name` and `reseal`.
    public init(_ knobs: inout Knobs) throws {
        self.name = try knobs.read("name", default: DescriptorText("other-project"))
        self.resealing = try Resealing(&knobs, default: .full)
    }

    /// - Throws: ``ImageError`` if the image is no app image, or has no descriptor.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        try self.resealing.edit(&image) { map, image in
            try image.set("app.project_name", to: self.name.value, in: map)
        }
    }
}
