import FaultKit
import Faults
import FirmwareImage
import Testing

/// What holds for all faults that edit app images and seal them again.
@Suite struct AppImageFaultTests {
    static let names = Faults.all.filter { fault in
        fault is any ImageFault.Type && fault.manual.knobs.contains { $0.name == "reseal" }
    }.map { $0.manual.name }

    @Test(arguments: names)
    func aFileThatIsNoAppImageIsToldByItsName(_ name: String) throws {
        let type = try #require(Faults.all.first { $0.manual.name == name })
        var knobs = Knobs(type.manual.example)
        let fault = try #require(try type.init(&knobs) as? any ImageFault)
        for bytes in [[], [0xE9], Array("<!DOCTYPE html><title>Sign in</title>".utf8)] {
            var (image, dice) = (Image(name: "index.html", bytes: bytes), Dice(seed: 1))
            let error = #expect(throws: ImageError.self) { try fault.edit(&image, using: &dice) }
            #expect(error?.description.contains("'index.html'") == true)
            #expect(image.edits == 0)
        }
    }

    /// The user's key signs what is sealed in full, so that a device finds the edit and no signature.
    @Test(arguments: names)
    func aSignedImageIsSignedAnew(_ name: String) throws {
        let type = try #require(
            Faults.all.first { $0.manual.name == name } as? any ImageFault.Type)
        var knobs = Dictionary(
            uniqueKeysWithValues: type.manual.example.map { ($0.key, [$0.value]) })
        knobs["reseal"] = ["full"]
        let image = try signedImage(hasOwnKey: true)
        let after = try image.edited(by: type, Knobs(knobs))
        #expect(after[..<4096] != ArraySlice(try image.bytes(in: 0..<4096)))
        let block = try #require(SignatureBlock(after[4096...]))
        #expect(block.imageDigest == SHA256.digest(of: Array(after[..<4096])))
    }

    @Test func thereAreSuchFaults() {
        #expect(Self.names.count >= 17)
    }
}
