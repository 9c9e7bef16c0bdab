import FaultKit
import Testing

@testable import FaultServer

struct SpellingTests {
    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("truncat", "truncate", 1), ("turncate", "truncate", 1),
        ("kitten", "sitting", 3), ("ca", "abc", 3), ("stall", "stall", 0), ("ab", "ba", 1),
    ])
    func measures(_ left: String, _ right: String, _ distance: Int) {
        #expect(Spelling.distance(left, right) == distance)
        #expect(Spelling.distance(right, left) == distance)
    }

    @Test func isAsFarAsThereAreMistakes() {
        var dice = Dice(seed: 7, for: 4)
        for _ in 0..<500 {
            let word = (0..<12).map { _ in ["a", "b", "c"][dice.roll(0..<3)] }
            var wrong = word
            let mistakes = dice.roll(0..<4)
            for _ in 0..<mistakes {
                switch dice.roll(0..<3) {
                case 0: wrong.remove(at: dice.roll(0..<wrong.count))
                case 1: wrong.insert("d", at: dice.roll(0..<wrong.count + 1))
                default: wrong[dice.roll(0..<wrong.count)] = "e"
                }
            }
            #expect(Spelling.distance(word.joined(), wrong.joined()) <= mistakes)
        }
    }

    @Test func suggestsOnlyWhatCanBeMeant() {
        let known = ["truncate", "throttle", "stall", "at"]
        #expect(Spelling.nearest(to: "Truncat", among: known) == "truncate")
        #expect(Spelling.nearest(to: "ta", among: known) == "at")
        #expect(Spelling.nearest(to: "x", among: known) == nil)
        #expect(Spelling.nearest(to: "reset", among: known) == nil)
        #expect(Spelling.nearest(to: "", among: known) == nil)
        #expect(Spelling.nearest(to: String(repeating: "a", count: 100_000), among: known) == nil)
    }
}
