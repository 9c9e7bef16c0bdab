import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct HashAppendedTests {
    @Test func zeroTakesTheDigestOut() throws {
        let edited = try Edited(HashAppended.self, [:])
        #expect(edited.changes == [23: 1])
        #expect(edited.after.count == 384)
        #expect(Edited.parity(edited.after, Edited.data) == edited.after[383])
    }

    @Test func theDigestOfTheHonestImageMayStay() throws {
        let cleared = try Edited(HashAppended.self, ["value": "0", "digest": "keep"])
        #expect(cleared.changes == [23: 1])
        #expect(cleared.after.count == 416)
        let other = try Edited(HashAppended.self, ["value": "2", "digest": "keep"])
        #expect(other.changes == [23: 3])
        #expect(SHA256.digest(of: Array(other.after[..<384])) != Array(other.after[384...]))
    }

    @Test func anyOtherValueHasARightDigest() throws {
        let edited = try Edited(HashAppended.self, ["value": "255"])
        #expect(edited.after.count == 416)
        #expect(edited.after[23] == 255)
        #expect(edited.changes.keys.filter { $0 < 384 } == [23])
        #expect(SHA256.digest(of: Array(edited.after[..<384])) == Array(edited.after[384...]))
    }

    @Test func whatStandsBehindTheImageMovesWithTheDigest() throws {
        let without = try Edited(HashAppended.self, [:], of: Edited.app + [1, 2, 3])
        #expect(without.after.suffix(3) == [1, 2, 3])
        #expect(without.after.count == 387)
        let with = try Edited(HashAppended.self, ["value": "1"], of: without.after)
        #expect(with.after == Edited.app + [1, 2, 3])
        let missing = try Edited(
            HashAppended.self, ["value": "1", "digest": "keep"], of: without.after)
        #expect(missing.changes == [23: 1])
    }

    @Test func aValueThatIsThereAlreadyIsRefused() throws {
        let text = try Edited.refusal(by: HashAppended.self, ["value": "1"])
        #expect(text?.contains("has 1 as its hash_appended already") == true)
    }

    @Test func valuesAreBytes() {
        #expect(HashAppended.complaint(["value": "256"])?.knob == "value")
        #expect(HashAppended.complaint(["value": "-1"])?.knob == "value")
        #expect(HashAppended.complaint(["digest": "drop"])?.knob == "digest")
    }
}
