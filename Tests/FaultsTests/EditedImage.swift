import FaultKit
import Faults
import FirmwareImage
import Testing

/// An app image before and after a fault, in bytes.
struct EditedImage {
    let before: [UInt8]
    let after: [UInt8]

    /// Five segments: DROM, DRAM, IRAM, padding, IROM. In its last 48 bytes: 12 of IROM, three zeros, the
    /// checksum, the digest.
    static func honest(_ chip: Chip = .esp32) throws -> [UInt8] {
        try AppImageRecipe(chip: chip, project: "lamp", version: "2.0.0", size: 81_920).bytes()
    }

    init<F: ImageFault>(
        _ type: F.Type, _ knobs: KeyValuePairs<String, String>, of image: [UInt8]? = nil,
        seed: UInt64 = 1
    ) throws {
        self.before = try image ?? Self.honest()
        var (edited, dice) = (Image(name: "app.bin", bytes: self.before), Dice(seed: seed))
        try F(knobs).edit(&edited, using: &dice)
        self.after = try edited.bytes(in: 0..<edited.count)
    }

    /// Where the seals stand: 33 bytes, at the end of both.
    private var seals: Int { self.before.count - 33 }

    /// Places before the seals that differ, in images of the same length.
    var changes: [Int] { (0..<self.seals).filter { self.before[$0] != self.after[$0] } }

    /// The bytes at the changed places.
    var changed: [UInt8] { self.changes.map { self.after[$0] } }

    /// Whether the checksum byte has followed what changed in the first segment's 32..<320, where the
    /// descriptor and the directive stand; no other data counts as changed.
    var hasRightChecksum: Bool {
        var checksum = self.before[self.seals]
        for place in 32..<320 { checksum ^= self.before[place] ^ self.after[place] }
        return checksum == self.after[self.seals]
    }

    var hasRightDigest: Bool {
        Array(self.after.suffix(32)) == SHA256.digest(of: Array(self.after.dropLast(32)))
    }

    /// Expects just these bytes at these places, and seals that are right at each level of `reseal` as
    /// far as the level goes.
    static func expect<F: ImageFault>(
        _ type: F.Type, _ knobs: [String: String], of image: [UInt8]? = nil,
        changes: [Int: UInt8], _ location: SourceLocation = #_sourceLocation
    ) throws {
        let changesData = changes.contains { (32..<320).contains($0.key) }
        for level in ["none", "checksum", "full", nil] {
            var knobs = Knobs(knobs.merging(level.map { ["reseal": $0] } ?? [:]) { $1 }.mapValues { [$0] })
            let fault = try F(&knobs)
            let edited = try EditedImage(fault, of: image)
            #expect(
                Dictionary(uniqueKeysWithValues: zip(edited.changes, edited.changed)) == changes,
                sourceLocation: location)
            #expect(edited.before.count == edited.after.count, sourceLocation: location)
            if level == "none" {
                #expect(
                    edited.before.suffix(33) == edited.after.suffix(33), sourceLocation: location)
                #expect(!edited.hasRightDigest, sourceLocation: location)
                if changesData, changes.values.reduce(0, ^) != 0 {
                    _ = changesData
                }
            }
            if level != "none" { #expect(edited.hasRightChecksum, sourceLocation: location) }
            if level == "checksum" {
                #expect(
                    edited.before.suffix(32) == edited.after.suffix(32), sourceLocation: location)
            }
            if level == "full" || level == nil {
                #expect(edited.hasRightDigest, sourceLocation: location)
            }
        }
    }
}
