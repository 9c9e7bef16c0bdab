import FaultKit
import FaultTesting
import FirmwareImage

/// A signed app image, with a signer that has a key of the user's own or has none.
func signedImage(hasOwnKey: Bool = false) throws -> Image {
    let signer = SampleSigner(hasOwnKey: true)
    let content = try AppImageRecipe(project: "lamp", version: "1.2.3", size: 4096).bytes()
    let block = try signer.signatureBlock(for: SHA256.digest(of: content), by: .own)
    let sector = block + [UInt8](repeating: 0xFF, count: 4096 - block.count)
    var image = Image(name: "signed.bin", bytes: content + sector)
    image.signer = SampleSigner(hasOwnKey: hasOwnKey)
    return image
}

extension Image {
    /// The image as a fault with these knobs edits it.
    func edited(
        by type: (some ImageFault).Type, _ knobs: KeyValuePairs<String, String> = [:],
        seed: UInt64 = 1
    ) throws -> [UInt8] {
        var reader = Knobs(knobs)
        var (image, dice) = (self, Dice(seed: seed))
        try type.init(&reader).edit(&image, using: &dice)
        return try image.bytes(in: 0..<image.count)
    }
}
