import FaultKit
import Faults
import Testing

@Suite struct FlipTests {
    /// Places whose byte is not the honest one.
    private func damage(_ playback: Playback, from start: Int = 0) -> [Int] {
        playback.bytes.indices.map { $0 + start }
            .filter { playback.bytes[$0 - start] != Playback.honest($0) }
    }

    @Test(arguments: [1, 64, 10_000])
    func flipsTheBytesAtItsPlaces(_ cut: Int) throws {
        let playback = try Playback(
            Flip.self, ["at": "3,50%,-1,3", "mask": "0x81"], [0..<1000], total: 1000, cut: cut)
        #expect(self.damage(playback) == [3, 500, 999])
        #expect([3, 500, 999].allSatisfy { playback.bytes[$0] == Playback.honest($0) ^ 0x81 })
        #expect(
            playback.strikes
                == [3, 500, 999].map { Strike(kind: .altered, offset: $0, count: 1) })
    }

    @Test func flipsOneBitUnlessToldOtherwise() throws {
        let playback = try Playback(Flip.self, ["at": "7"], [0..<10])
        #expect(playback.bytes[7] == Playback.honest(7) ^ 0x01)
    }

    @Test func strikesAboutAsManyBytesAsItsChanceSays() throws {
        let first = try Playback(Flip.self, ["chance": "1/100"], [0..<100_000])
        #expect((900...1100).contains(self.damage(first).count))
        let again = try Playback(Flip.self, ["chance": "1/100"], [0..<100_000], cut: 77)
        #expect(first.bytes == again.bytes)
        let other = try Playback(Flip.self, ["chance": "1/100"], [0..<100_000], seed: 2)
        #expect(first.bytes != other.bytes)
    }

    @Test func aByteThatIsBothListedAndHitIsFlippedOnce() throws {
        let playback = try Playback(
            Flip.self, ["at": "4,9", "chance": "100%"], [0..<10], total: 10)
        #expect(self.damage(playback) == Array(0..<10))
        #expect(playback.strikes == [Strike(kind: .altered, offset: 0, count: 10)])
    }

    @Test func missesARangeThatMissesItsPlaces() throws {
        let playback = try Playback(Flip.self, ["at": "4,600"], [500..<700], total: 1000)
        #expect(self.damage(playback, from: 500) == [600])
    }

    @Test func needsAPlaceOrAChance() {
        #expect(Flip.complaint(["mask": "1"])?.description.contains("'chance'") == true)
        for mask in ["0", "0x00", "256", "0x1FF", "-1", "0x", "red"] {
            #expect(Flip.complaint(["at": "1", "mask": mask])?.knob == "mask", "\(mask)")
        }
        #expect(Flip.complaint(["at": "1", "mask": "255"]) == nil)
        #expect(Flip.complaint(["at": "1,x"])?.knob == "at")
    }
}
