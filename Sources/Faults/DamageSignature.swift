public import FaultKit
import FirmwareImage

/// Damages the signature blocks of an image.
public struct DamageSignature: ImageFault {
    public static let manual = Manual(
        name: "damage-signature",
        summary: "turns over a bit in each Secure Boot v2 signature block of the image",
        requirement:
            "The client refuses the image because no signature of it holds, and keeps the firmware that "
            + "it runs.",
        knobs: [
            .init(
                "part",
                "what is damaged: signature, key, digest (the block's copy, which ESP-IDF v5.3.2 does not "
                    + "compare in an update, so that it takes the image), crc or magic; default "
                    + "signature. The block's CRC is made right again, unless it is the part")
        ],
        example: ["part": "signature"])

    private enum Part: String, CaseIterable, KnobValue {
        case signature, key, digest, crc, magic

        /// Where in a block a bit is turned over (ESP-IDF, "Secure Boot v2", Signature Block Format).
        func place(in block: SignatureBlock) -> Int {
            switch self {
            case .magic: 0
            case .digest: 4
            case .key: block.scheme == .rsa3072 ? 36 : 37
            case .signature: block.scheme == .rsa3072 ? 812 : 101
            case .crc: 1196
            }
        }
    }

    private let part: Part

    /// Reads `part`.
    public init(_ knobs: inout Knobs) throws {
        self.part = try knobs.read("part", default: .signature)
    }

    /// - Throws: ``ImageError`` if the image is no signed app image.
    public func edit(_ image: inout Image, using dice: inout Dice) throws {
        let sector = try image.signedAppImageMap().signature
        for slot in 0..<SignatureSector.slots {
            let range = SignatureSector.range(slot)
            let place = sector.lowerBound + range.lowerBound..<sector.lowerBound + range.upperBound
            guard let block = SignatureBlock(try image.bytes(in: place)) else { continue }
            var bytes = block.bytes
            bytes[self.part.place(in: block)] ^= 1
            if self.part != .crc, self.part != .magic, var damaged = SignatureBlock(bytes) {
                damaged.resealCRC()
                bytes = damaged.bytes
            }
            image.replace(place, with: bytes)
        }
    }
}
