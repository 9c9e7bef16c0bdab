import FaultKit
import FaultTesting
import Faults
import FirmwareImage
import Testing

@Suite struct WrongSigningKeyTests {
    @Test func putsAStrangersBlockInThePlaceOfAll() throws {
        let image = try signedImage()
        let content = try image.bytes(in: 0..<4096)
        let edited = try image.edited(by: WrongSigningKey.self)
        let block = try SampleSigner().signatureBlock(
            for: SHA256.digest(of: content), by: .stranger)
        let own = try SampleSigner().signatureBlock(for: SHA256.digest(of: content), by: .own)
        #expect(Array(edited[..<4096]) == content)
        #expect(Array(edited[4096..<4096 + 1216]) == block)
        #expect(block != own)
        #expect(edited[(4096 + 1216)...].allSatisfy { $0 == 0xFF })
        #expect(edited.count == 8192)
    }

    @Test func needsASignedImageAndASigner() throws {
        let unsigned = Image(name: "app.bin", bytes: AppImage.demo().bytes)
        #expect(throws: ImageError.self) { try unsigned.edited(by: WrongSigningKey.self) }
        var image = try signedImage()
        image.signer = nil
        let error = #expect(throws: ImageError.self) {
            try image.edited(by: WrongSigningKey.self)
        }
        #expect(error?.description.contains("no signer") == true)
    }
}
