import FaultKit
import FaultServer
import FirmwareImage
import ImageSigning

/// The images of a test: what is offered, and what the device comes with.
struct TestOffers: Sendable {
    /// Of faults: what they edit is not signed again, as nobody would who tampers with an image.
    let signer = ServerSigner(own: nil)
    private let image: String?
    private let owner: ServerSigner

    /// Large enough for resets in the middle, small enough for many runs.
    private static let size = 131_072

    init(image: String?) throws {
        self.image = image
        self.owner = ServerSigner(own: try SigningKey.generate(.ecdsa256))
    }

    func content(for setup: DeviceSetup) throws -> Content {
        var content = Content(root: nil)
        if let image {
            try content.offer(file: image)
        } else {
            // A right image for a device that has burnt a secure version has that version.
            let bytes = try self.make(setup) { $0.secureVersion = UInt32(setup.secureVersion ?? 0) }
            try content.offer(
                Image(name: "firmware.bin", bytes: bytes), modified: Self.modified)
        }
        return content
    }

    func factory(for setup: DeviceSetup) throws -> [UInt8] {
        try self.make(setup) {
            $0.version = "1.0.0"
            $0.size = 69_712
            $0.secureVersion = UInt32(setup.secureVersion ?? 0)
        }
    }

    private func make(
        _ setup: DeviceSetup, _ edit: (inout AppImageRecipe) -> Void
    ) throws -> [UInt8] {
        var recipe = AppImageRecipe.demo
        recipe.size = Self.size
        if let name = setup.chip {
            guard let chip = Chip.allCases.first(where: { $0.name == name }) else {
                throw ServerError(.data, "no chip is called '\(name)'")
            }
            recipe.chip = chip
        }
        edit(&recipe)
        let bytes = try recipe.bytes()
        return setup.isSigned ? try self.owner.signed(bytes) : bytes
    }

    /// 2025-01-01.
    private static let modified = 1_735_689_600
}
