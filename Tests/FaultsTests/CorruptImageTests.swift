import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct CorruptImageTests {
    private let image = Image(name: "app.bin", bytes: honestBytes(0..<5000))

    private func damage(
        _ knobs: KeyValuePairs<String, String>, seed: UInt64 = 1, _ image: Image? = nil
    ) throws -> [Int: UInt8] {
        let honest = image ?? self.image
        var (edited, dice) = (honest, Dice(seed: seed))
        try CorruptImage(knobs).edit(&edited, using: &dice)
        let (before, after) = (
            try honest.bytes(in: 0..<honest.count), try edited.bytes(in: 0..<edited.count)
        )
        #expect(before.count == after.count)
        return Dictionary(
            uniqueKeysWithValues: before.indices.filter { before[$0] != after[$0] }
                .map { ($0, before[$0] ^ after[$0]) })
    }

    @Test func damagesTheBytesAtItsPlaces() throws {
        let damage = try self.damage(["at": "0,50%,-1,2500", "mask": "0xFF"])
        #expect(damage == [0: 0xFF, 2500: 0xFF, 4999: 0xFF])
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func sparesTheHeaderAndNeverCancelsInAChecksum(_ seed: UInt64) throws {
        let damage = try self.damage([:], seed: seed)
        #expect(damage.count == 16)
        #expect(damage.keys.allSatisfy { $0 >= 1024 })
        #expect(damage.values.reduce(0, ^) != 0)
    }

    @Test func theSeedPicksThePlaces() throws {
        let first = try self.damage([:], seed: 1)
        #expect(try self.damage([:], seed: 1) == first)
        #expect(try self.damage([:], seed: 2) != first)
        let all = try (1...300).reduce(into: Set<Int>()) {
            $0.formUnion(try self.damage(["count": "40"], seed: UInt64($1)).keys)
        }
        #expect(all.count > 3700, "hits \(all.count) of 3976 places")
    }

    @Test func staysBetweenItsBounds() throws {
        let damage = try self.damage(["count": "100", "from": "10", "to": "110", "mask": "3"])
        #expect(Set(damage.keys) == Set(10..<110))
        #expect(Set(damage.values) == [3])
        let last = try self.damage(["count": "1", "from": "-1"])
        #expect(Array(last.keys) == [4999])
    }

    @Test(arguments: [
        ["at": "5000"], ["count": "17", "from": "-16"], ["from": "200", "to": "100"],
    ])
    func anImageThatIsTooSmallIsToldByNameAndSize(_ values: [String: String]) throws {
        var knobs = Knobs(values.mapValues { [$0] })
        let fault = try CorruptImage(&knobs)
        var (image, dice) = (self.image, Dice(seed: 1))
        let error = #expect(throws: ImageError.self) { try fault.edit(&image, using: &dice) }
        #expect(error?.description.contains("'app.bin' has 5000 bytes") == true)
        #expect(image.edits == 0)
    }

    // MARK: App images

    private func damageApp(
        _ knobs: KeyValuePairs<String, String>, seed: UInt64 = 1
    ) throws -> Edited {
        try Edited(CorruptImage.self, knobs, seed: seed)
    }

    @Test(arguments: [
        ("header", [0..<24], 16), ("descriptor", [32..<288], 16),
        ("segments", [288..<332, 340..<356, 364..<380], 16), ("padding", [380..<383], 3),
        ("checksum", [383..<384], 1), ("digest", [384..<416], 16),
    ])
    func aPartIsDamagedAndNothingElse(_ part: String, _ places: [Range<Int>], _ count: Int) throws {
        var hit: Set<Int> = []
        for seed in UInt64(1)...100 {
            let changes = try self.damageApp(["part": part], seed: seed).changes
            #expect(changes.count == count)
            hit.formUnion(changes.keys)
        }
        #expect(hit == Set(places.flatMap { Array($0) }))
    }

    @Test func aPartMayBeBounded() throws {
        let edited = try self.damageApp(["part": "segments", "from": "330", "to": "342"])
        #expect(Set(edited.changes.keys) == [330, 331, 340, 341])
        let text = try Edited.refusal(by: CorruptImage.self, ["part": "padding", "count": "4"])
        #expect(text?.contains("4 in its padding, from 0 to 416, and there are 3") == true)
    }

    @Test func whatAnImageDoesNotHaveCannotBeDamaged() throws {
        let bare = try Edited(HashAppended.self, [:]).after
        let text = try Edited.refusal(by: CorruptImage.self, ["part": "digest"], of: bare)
        #expect(text?.contains("in its digest") == true)
        for knobs: KeyValuePairs in [["part": "header"], ["reseal": "full"]] {
            let text = try Edited.refusal(
                by: CorruptImage.self, knobs, of: honestBytes(1..<5000))
            #expect(text?.contains("no ESP-IDF app image") == true)
        }
    }

    @Test func theSealsMayBeMadeRightAgain() throws {
        let full = try self.damageApp(["at": "300", "mask": "0x08", "reseal": "full"])
        #expect(full.changes.filter { $0.key < 384 } == [300: 8, 383: 8])
        #expect(SHA256.digest(of: Array(full.after[..<384])) == Array(full.after[384...]))
        let half = try self.damageApp(["at": "300", "mask": "0x08", "reseal": "checksum"])
        #expect(half.changes == [300: 8, 383: 8])
        #expect(try self.damageApp(["at": "300", "mask": "0x08"]).changes == [300: 8])
    }

    @Test func whatWouldBeMadeRightAgainIsNotDamaged() throws {
        for (place, reseal) in [("383", "checksum"), ("-33", "full"), ("-1", "full")] {
            let text = try Edited.refusal(
                by: CorruptImage.self, ["at": "300,\(place)", "reseal": reseal])
            #expect(text?.contains("to make right again") == true)
        }
        #expect(try self.damageApp(["at": "-1", "reseal": "checksum"]).changes.count == 1)
        for (part, reseal) in [("checksum", "checksum"), ("checksum", "full"), ("digest", "full")] {
            #expect(CorruptImage.complaint(["part": part, "reseal": reseal])?.knob == "reseal")
        }
        #expect(CorruptImage.complaint(["part": "digest", "reseal": "checksum"]) == nil)
        #expect(CorruptImage.complaint(["at": "1", "part": "header"])?.knob == "part")
    }

    @Test func knobsThatContradictEachOtherAreRefused() {
        #expect(CorruptImage.complaint(["at": "1", "count": "3"])?.knob == "count")
        #expect(CorruptImage.complaint(["at": "1", "to": "3"])?.knob == "to")
        #expect(CorruptImage.complaint(["count": "0"])?.knob == "count")
        #expect(CorruptImage.complaint(["count": "4097"])?.knob == "count")
        #expect(CorruptImage.complaint([:]) == nil)
    }
}
