import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct DamageSignatureTests {
    /// Each part with the one bit that is turned over in an RSA block, and whether the CRC fits.
    @Test(arguments: [
        ("signature", 812, true), ("key", 36, true), ("digest", 4, true), ("crc", 1196, false),
        ("magic", 0, false),
    ])
    func turnsOneBitOver(part: String, place: Int, fits: Bool) throws {
        let image = try signedImage()
        let (before, after) = (
            try image.bytes(in: 0..<8192),
            try image.edited(by: DamageSignature.self, Knobs(["part": part]))
        )
        let changes = before.indices.filter { before[$0] != after[$0] }
        #expect(changes.first == 4096 + place)
        #expect(after[4096 + place] == before[4096 + place] ^ 1)
        // All others are those of the CRC.
        #expect(changes.dropFirst().allSatisfy { (4096 + 1196..<4096 + 1200).contains($0) })
        #expect(changes.count > 1 || !fits)
        if let block = SignatureBlock(after[4096...]) { #expect(block.isCRCValid == fits) }
    }

    @Test func damagesEveryBlock() throws {
        var image = try signedImage()
        let block = try image.bytes(in: 4096..<4096 + 1216)
        image.replace(4096 + 1216..<4096 + 2432, with: block)
        let (before, after) = (
            try image.bytes(in: 0..<8192),
            try image.edited(by: DamageSignature.self, Knobs(["part": "crc"]))
        )
        #expect(before.indices.filter { before[$0] != after[$0] } == [4096 + 1196, 4096 + 2412])
    }

    @Test func needsASignedImage() {
        let image = Image(name: "app.bin", bytes: AppImage.demo().bytes)
        #expect(throws: ImageError.self) { try image.edited(by: DamageSignature.self) }
    }
}
