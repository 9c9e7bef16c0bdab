import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct CancellingFlipsTests {
    @Test func turnsTheSameBitsOfTwoBytesOver() throws {
        let edited = try Edited(
            CancellingFlips.self, ["at": "300", "distance": "3", "mask": "0x81"])
        #expect(edited.changes == [300: 0x81, 303: 0x81])
        #expect(edited.before.count == edited.after.count)
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func theChecksumStaysRightAndTheDigestIsWrong(_ seed: UInt64) throws {
        let edited = try Edited(CancellingFlips.self, ["mask": "0x40"], seed: seed)
        let places = edited.changes.keys.sorted()
        try #require(places.count == 2)
        #expect(places[1] - places[0] == 16)
        // The first segment's data behind the descriptor; the others are no longer than the distance.
        #expect(places[0] >= 288 && places[1] < 332)
        #expect(Edited.parity(edited.after, Edited.data) == edited.after[383])
        #expect(SHA256.digest(of: Array(edited.after[..<384])) != Array(edited.after[384...]))
    }

    @Test func theTwoBytesMayLieInTwoSegments() throws {
        let edited = try Edited(CancellingFlips.self, ["at": "331", "distance": "9"])
        #expect(edited.changes == [331: 1, 340: 1])
    }

    @Test func theSeedReachesEveryPlace() throws {
        let firsts = try (1...400).reduce(into: Set<Int>()) {
            let edited = try Edited(CancellingFlips.self, [:], seed: UInt64($1))
            $0.insert(try #require(edited.changes.keys.min()))
        }
        #expect(firsts == Set(288..<316))
    }

    @Test func whatIsNoSegmentsDataIsRefused() throws {
        for knobs: KeyValuePairs in [
            ["at": "23"], ["at": "320"], ["at": "-40"], ["at": "379", "distance": "1"],
            ["at": "9223372036854775kB", "distance": "9223372036854775kB"],
        ] {
            let text = try Edited.refusal(by: CancellingFlips.self, knobs)
            #expect(text?.contains("no segment's data at ") == true)
        }
        let text = try Edited.refusal(by: CancellingFlips.self, ["distance": "300"])
        #expect(text?.contains("300 apart") == true)
        let noise = try Edited.refusal(by: CancellingFlips.self, [:], of: honestBytes(1..<5000))
        #expect(noise?.contains("no ESP-IDF app image") == true)
    }

    @Test func aDistanceOfNothingIsRefused() {
        #expect(CancellingFlips.complaint(["distance": "0"])?.knob == "distance")
        for mask in ["0", "0x0", "+1", "256"] {
            #expect(CancellingFlips.complaint(["mask": mask])?.knob == "mask")
        }
    }
}
