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
