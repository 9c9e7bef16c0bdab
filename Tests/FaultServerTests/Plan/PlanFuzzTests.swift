import FaultKit
import FaultServer
import Faults
import Foundation
import Testing

/// Whatever is read, the answer is a profile or problems with places inside the text.
struct PlanFuzzTests {
    private static let pieces = [
        "truncate", "on: http", "when: { request: ", "every 3", "40%", "-33", "&a ", "*a", "[", "]",
        "{",
        "}", "? ", ": ", "- ", "\n", "\n  ", "\t", "'", "\"", "\\", "# ", "|\n", ">-\n", "---\n",
        "...\n",
        "!!str ", "%YAML 1.1\n", "\u{0}", "\u{85}", "\u{2028}", "\u{FEFF}", "é",
        "\u{1F469}\u{200D}",
        "\u{301}", "=", "when.", "999999999999999999999", "0", "..", "/", "::1/129", "1/0", "<<: ",
    ]

    private static func mutated(_ text: String, upTo most: Int, _ dice: inout Dice) -> String {
        var scalars = Array(text.unicodeScalars)
        for _ in 0..<dice.roll(1..<most + 1) {
            let place = dice.roll(0..<scalars.count + 1)
            let end = min(scalars.count, place + dice.roll(0..<12))
            switch dice.roll(0..<4) {
            case 0: scalars.removeSubrange(place..<end)
            case 1:
                let piece = Self.pieces[dice.roll(0..<Self.pieces.count)]
                scalars.insert(contentsOf: piece.unicodeScalars, at: place)
            case 2: scalars.insert(contentsOf: scalars[place..<end], at: dice.roll(0..<place + 1))
            default:
                let piece = Self.pieces[dice.roll(0..<Self.pieces.count)]
                scalars.replaceSubrange(place..<end, with: piece.unicodeScalars)
            }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    private static func noise(_ dice: inout Dice) -> String {
        let isPieces = dice.roll(0..<2) == 0
        if isPieces {
            return (0..<dice.roll(0..<20)).map { _ in
                Self.pieces[dice.roll(0..<Self.pieces.count)]
            }.joined()
        }
        let bytes = (0..<dice.roll(0..<60)).map { _ in UInt8(dice.roll(0..<256)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The shipped profiles are mutated, so it knows the shipped faults.
    private static let catalogue = Catalogue(Faults.all)

    /// - Returns: whether it was a profile.
    private static func read(_ text: String) -> Bool {
        do {
            _ = try Profile.read(text, file: "x.yaml", catalogue: Self.catalogue)
            return true
        } catch {
            #expect(!error.problems.isEmpty)
            for problem in error.problems where !problem.isInside(text) {
                Issue.record("\(problem) is not inside \(text.debugDescription)")
            }
            #expect(!error.problems.contains { $0.message.contains { $0.isNewline } })
            return false
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: 0..<4)
    func readsMutatedProfiles(_ share: UInt64) throws {
        var dice = Dice(seed: 0xFA17, for: share)
        let folder = WrongProfileTests.folder
        let wrong = try WrongProfileTests.names.map {
            try String(
                contentsOf: folder.appendingPathComponent($0 + ".yaml"), encoding: .utf8)
        }
        let right = try ShippedProfileTests.names.map {
            try String(contentsOf: ShippedProfileTests.file($0), encoding: .utf8)
                .replacing("name: \($0)\n", with: "name: x\n", maxReplacements: 1)
        }
        let seeds = wrong + right + right
        var profiles = 0
        for _ in 0..<1500 {
            let seed = seeds[dice.roll(0..<seeds.count)]
            if Self.read(Self.mutated(seed, upTo: 4, &dice)) { profiles += 1 }
        }
        // Both answers must occur, or the mutations are too tame or too wild to say anything.
        #expect((50..<1400).contains(profiles))
    }

    @Test(.timeLimit(.minutes(5)))
    func readsNoise() {
        var dice = Dice(seed: 0xFA17, for: 100)
        for _ in 0..<3000 { _ = Self.read(Self.noise(&dice)) }
    }

    @Test(.timeLimit(.minutes(5)))
    func parsesMutatedLines() throws {
        var dice = Dice(seed: 0xFA17, for: 200)
        let lines = [
            "truncate on=body at=64KiB when.request=1 when.path=/x.bin ending=cut",
            "status code=503 reason='Come again' body=\"it's\\n\" when.chance=1/3 when.range=yes",
            "flip at=1,40%,-3 bit=1 when.sni=*.test when.client=10.0.0.0/8 when.connection='every 2'",
            "tear", "wrong-name name=a",
        ]
        var rules = 0
        for round in 0..<6000 {
            let line =
                round.isMultiple(of: 4)
                ? Self.noise(&dice)
                : Self.mutated(lines[dice.roll(0..<lines.count)], upTo: 1, &dice)
            do {
                let rule = try Rule.sample(line)
                rules += 1
                // What a rule says of itself is the same rule.
                let again = try Rule.sample(rule.text)
                #expect(again.text == rule.text && again.when == rule.when, "\(line)")
            } catch let error as ProfileError {
                #expect(!error.problems.isEmpty)
                for problem in error.problems where !problem.isInside(line) {
                    Issue.record("\(problem) is not inside \(line.debugDescription)")
                }
            }
        }
        #expect((300..<5000).contains(rules))
    }
}
