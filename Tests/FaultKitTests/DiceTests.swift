import FaultKit
import Testing

@Suite struct DiceTests {
    /// Computed with an independent xoshiro256** and SplitMix64; the first agrees with published vectors.
    @Test func rollsWhatTheReferenceRolls() {
        var zero = Dice(seed: 0)
        #expect(zero.next() == 0x99ec_5f36_cb75_f2b4)
        #expect(zero.next() == 0xbf6e_1f78_4956_452a)
        #expect(zero.next() == 0x1a5f_849d_4933_e6e0)
        var other = Dice(seed: 42)
        #expect(other.next() == 0x1578_0b2e_0c2e_c716)
        #expect(other.next() == 0x6104_d986_6d11_3a7e)
    }

    @Test func rollsTheSameNumbersWithEveryCompiler() {
        var dice = Dice(seed: 7)
        #expect((0..<12).map { _ in dice.roll(0..<6) } == [4, 1, 5, 5, 5, 5, 0, 0, 2, 0, 3, 4])
    }

    @Test func rollsEachNumberOfARangeAboutAsOften() {
        var dice = Dice(seed: 1)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[dice.roll(-3..<4) + 3] += 1 }
        #expect(counts.allSatisfy { (9_500...10_500).contains($0) }, "\(counts)")
    }

    @Test func rollsInTheWidestRangesWithoutOverflow() {
        var dice = Dice(seed: 1)
        #expect(dice.roll(5..<6) == 5)
        let widest = (0..<100).map { _ in dice.roll(Int.min..<Int.max) }
        #expect(widest.contains { $0 < 0 } && widest.contains { $0 > 0 })
    }

    @Test func anotherPurposeGivesUnrelatedRolls() {
        let purposes: [Dice] = [
            Dice(seed: 1), Dice(seed: 2), Dice(seed: 1, for: 0), Dice(seed: 1, for: 1),
            Dice(seed: 1, for: 0, 0), Dice(seed: 1, for: 0, 1), Dice(seed: 1, for: 1, 0),
        ]
        let first = purposes.map { dice in
            var dice = dice
            return dice.next()
        }
        #expect(Set(first).count == purposes.count)
    }

    @Test func chanceIsAsLikelyAsItsRatio() throws {
        var dice = Dice(seed: 3)
        let third = try #require(Ratio(knob: "1/3"))
        let hits = (0..<30_000).count { _ in dice.chance(third) }
        #expect((9_600...10_400).contains(hits))
        let (never, always) = (try #require(Ratio(knob: "0%")), try #require(Ratio(knob: "100%")))
        #expect((0..<100).allSatisfy { _ in !dice.chance(never) && dice.chance(always) })
    }
}
