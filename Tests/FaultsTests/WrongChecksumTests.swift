import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct WrongChecksumTests {
    @Test func turnsBitsOfTheChecksumOverAndHashesTheWrongOne() throws {
        let edited = try Edited(WrongChecksum.self, ["mask": "0x10"])
        #expect(edited.changes.filter { $0.key < 384 } == [383: 0x10])
        #expect(SHA256.digest(of: Array(edited.after[..<384])) == Array(edited.after[384...]))
    }

    @Test func theDigestMayBeThatOfTheHonestImage() throws {
        let edited = try Edited(WrongChecksum.self, ["digest": "keep"])
        #expect(edited.changes == [383: 1])
    }

    @Test func anImageWithoutADigestGetsNone() throws {
        let bare = try Edited(HashAppended.self, [:]).after
        #expect(try Edited(WrongChecksum.self, [:], of: bare).changes == [383: 1])
    }

    @Test func noAppImageIsRefused() throws {
        let text = try Edited.refusal(by: WrongChecksum.self, [:], of: Array(Edited.app[..<380]))
        #expect(text?.contains("the checksum byte at 383") == true)
    }

    @Test func aMaskOfNoBitsIsRefused() {
        #expect(WrongChecksum.complaint(["mask": "0"])?.knob == "mask")
        #expect(WrongChecksum.complaint(["digest": "none"])?.knob == "digest")
    }
}
