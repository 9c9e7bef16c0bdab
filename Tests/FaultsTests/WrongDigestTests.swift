import FaultKit
import Faults
import Testing

@Suite struct WrongDigestTests {
    @Test func damagesOneByteOfTheDigest() throws {
        #expect(try Edited(WrongDigest.self, [:]).changes == [415: 1])
        let edited = try Edited(WrongDigest.self, ["byte": "0", "mask": "0xF0"])
        #expect(edited.changes == [384: 0xF0])
        #expect(edited.after.count == 416)
    }

    @Test func whatStandsBehindTheDigestIsSpared() throws {
        let bytes = Edited.app + [UInt8](repeating: 7, count: 40)
        #expect(try Edited(WrongDigest.self, ["byte": "31"], of: bytes).changes == [415: 1])
    }

    @Test func anImageWithoutADigestIsRefused() throws {
        let bare = try Edited(HashAppended.self, [:]).after
        let text = try Edited.refusal(by: WrongDigest.self, [:], of: bare)
        #expect(text?.contains("has no SHA-256") == true)
    }

    @Test func aDigestHas32Bytes() {
        #expect(WrongDigest.complaint(["byte": "32"])?.knob == "byte")
        #expect(WrongDigest.complaint(["byte": "-1"])?.knob == "byte")
    }
}
