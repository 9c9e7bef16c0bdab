import FaultKit
import Faults
import FirmwareImage
import Testing

@Suite struct MixBuildsTests {
    @Test func theOtherBuildIsWholeInItself() throws {
        // All of the image is of the other build, and what stands behind it is not.
        let mixed = try Edited(
            MixBuilds.self, ["from": "0", "to": "-1", "version": "9.9"], of: Edited.app + [7])
        let other = Array(mixed.after[..<416])
        #expect(mixed.after[416] == 7)
        #expect(Edited.parity(other, Edited.data) == other[383])
        #expect(SHA256.digest(of: Array(other[..<384])) == Array(other[384...]))
        // Magic word, secure version and reserved words are this build's, and so is all from the
        // project's name to the ELF digest.
        #expect(Array(other[..<48]) == Array(Edited.app[..<48]))
        #expect(Array(other[80..<176]) == Array(Edited.app[80..<176]))
        #expect(Array(other[48..<80]) == Array("9.9".utf8) + [UInt8](repeating: 0, count: 29))
        #expect(Array(other[176..<208]) != Array(Edited.app[176..<208]))
        #expect(Array(other[208..<288]) == Array(Edited.app[208..<288]))
        for header in [332..<340, 356..<364, 380..<383] {
            #expect(Array(other[header]) == Array(Edited.app[header]))
        }
        for data in [288..<332, 340..<356, 364..<380] {
            let same = data.count { other[$0] == Edited.app[$0] }
            #expect(same < 5)
        }
    }

    @Test func bothBuildsHaveTheirParts() throws {
        let whole = try Edited(
            MixBuilds.self, ["from": "0", "to": "99999"], of: Edited.largeApp)
        let tail = try Edited(MixBuilds.self, ["from": "50000"], of: Edited.largeApp)
        #expect(tail.after.count == 100_000)
        #expect(Array(tail.after[..<50_000]) == Array(Edited.largeApp[..<50_000]))
        #expect(Array(tail.after[50_000..<99_999]) == Array(whole.after[50_000..<99_999]))
        #expect(tail.changes.count > 45_000)
        let head = try Edited(MixBuilds.self, ["from": "0", "to": "50%"], of: Edited.largeApp)
        #expect(Array(head.after[..<50_000]) == Array(whole.after[..<50_000]))
        #expect(Array(head.after[50_000...]) == Array(Edited.largeApp[50_000...]))
    }

    @Test func theSealsOfAMixAreWrong() throws {
        let mixed = try Edited(MixBuilds.self, ["from": "50%"], of: Edited.largeApp).after
        #expect(SHA256.digest(of: Array(mixed[..<99_968])) != Array(mixed[99_968...]))
    }

    @Test func theSeedPicksTheOtherBuild() throws {
        let first = try Edited(MixBuilds.self, [:], seed: 1).after
        #expect(try Edited(MixBuilds.self, [:], seed: 1).after == first)
        #expect(try Edited(MixBuilds.self, [:], seed: 2).after != first)
    }

    @Test func whatIsNoMixIsRefused() throws {
        for knobs: KeyValuePairs in [
            ["from": "0"], ["from": "100%"], ["from": "200", "to": "100"],
        ] {
            let text = try Edited.refusal(by: MixBuilds.self, knobs)
            #expect(text?.contains("so that both have a part") == true)
        }
        #expect(try Edited.refusal(by: MixBuilds.self, [:], of: honestBytes(1..<500)) != nil)
    }

    @Test func aVersionHasAtMost31Bytes() {
        let long = String(repeating: "v", count: 32)
        #expect(MixBuilds.complaint(["version": long])?.knob == "version")
        #expect(MixBuilds.complaint(["version": String(long.dropLast())]) == nil)
    }
}
