import FaultKit
import Faults
import FirmwareImage
import Testing

/// An app image of 81,920 bytes before and after a fault.
///
/// Its segments' headers stand at 0x18 (DROM, 0x8fe0 bytes), 0x9000 (DRAM, 0x2000), 0xb008 (IRAM, 0x4000),
/// 0xf010 (padding, 0x1000) and 0x10018 (IROM, 0x3fbc), its checksum at 0x13fdf and its digest behind
/// that.
struct EditedImage {
    let before: [UInt8]
    let after: [UInt8]

    static func honest(_ chip: Chip) throws -> [UInt8] {
        try AppImageRecipe(chip: chip, project: "lamp", version: "2.0.0", size: 81_920).bytes()
    }

    /// One for ESP32.
    static let honest = try! Self.honest(.esp32)

    init<F: ImageFault>(
        _ type: F.Type, _ knobs: [String: String], of image: [UInt8]? = nil, seed: UInt64 = 1
    ) throws {
        self.before = image ?? Self.honest
        self.after = try Image(name: "app.bin", bytes: self.before)
            .edited(by: type, Knobs(knobs.mapValues { [$0] }), seed: seed)
    }

    private static let checksum = 0x13FDF

    /// What stands at the places before the seals that differ.
    var changes: [Int: UInt8] {
        Dictionary(
            uniqueKeysWithValues: (0..<Self.checksum).filter { self.before[$0] != self.after[$0] }
                .map { ($0, self.after[$0]) })
    }

    /// The checksum as it follows from the old one and what changed in descriptor and directive.
    private var rightChecksum: UInt8 {
        (32..<320).reduce(self.before[Self.checksum]) {
            $0 ^ self.before[$1] ^ self.after[$1]
        }
    }

    private var rightDigest: [UInt8] { SHA256.digest(of: Array(self.after[...Self.checksum])) }

    /// Expects just these bytes at these places, at each level of `reseal` with the seals that it makes
    /// right, and the other ones as they were. No data but descriptor and directive may change.
    static func expect<F: ImageFault>(
        _ type: F.Type, _ knobs: [String: String], of image: [UInt8]? = nil,
        changes: [Int: UInt8], _ location: SourceLocation = #_sourceLocation
    ) throws {
        for level in ["none", "checksum", "full"] {
            let edited = try EditedImage(
                type, knobs.merging(["reseal": level]) { $1 }, of: image)
            let digest = Array(edited.after[(Self.checksum + 1)...])
            let isResealed = level != "none"
            #expect(edited.changes == changes, sourceLocation: location)
            #expect(
                edited.after[Self.checksum]
                    == (isResealed ? edited.rightChecksum : edited.before[Self.checksum]),
                "reseal=\(level)", sourceLocation: location)
            #expect(
                digest
                    == (level == "full"
                        ? edited.rightDigest : Array(edited.before[(Self.checksum + 1)...])),
                "reseal=\(level)", sourceLocation: location)
            #expect((digest == edited.rightDigest) == (level == "full"), sourceLocation: location)
        }
        let edited = try EditedImage(type, knobs, of: image)
        #expect(
            Array(edited.after[(Self.checksum + 1)...]) == edited.rightDigest,
            "the default is full", sourceLocation: location)
    }

    /// The complaint of a fault about an image; nil if it has none.
    static func complaint<F: ImageFault>(
        _ type: F.Type, _ knobs: [String: String], of image: [UInt8]? = nil
    ) -> String? {
        do {
            _ = try EditedImage(type, knobs, of: image)
            return nil
        } catch {
            return (error as? ImageError)?.description
        }
    }
}

extension [Int: UInt8] {
    /// Bytes from a place on.
    static func bytes(_ bytes: [UInt8], at place: Int) -> Self {
        Dictionary(uniqueKeysWithValues: bytes.enumerated().map { ($0 + place, $1) })
    }
}
