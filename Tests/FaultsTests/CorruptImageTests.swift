import FaultKit
import Faults
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

    @Test func knobsThatContradictEachOtherAreRefused() {
        #expect(CorruptImage.complaint(["at": "1", "count": "3"])?.knob == "count")
        #expect(CorruptImage.complaint(["at": "1", "to": "3"])?.knob == "to")
        #expect(CorruptImage.complaint(["count": "0"])?.knob == "count")
        #expect(CorruptImage.complaint(["count": "4097"])?.knob == "count")
        #expect(CorruptImage.complaint([:]) == nil)
    }
}
