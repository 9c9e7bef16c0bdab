import FaultServer
import Foundation
import Testing

/// Each file of Golden/wrong is a profile, a line of dashes, and all that is wrong with it.
struct WrongProfileTests {
    static let folder = Golden.folder.appendingPathComponent("wrong")
    static let names = Golden.names(in: Self.folder, extension: "yaml")
    static let dashes = "----------\n"

    @Test(arguments: names)
    func saysAllThatIsWrong(_ name: String) throws {
        let file = Self.folder.appendingPathComponent(name + ".yaml")
        let whole = try String(contentsOf: file, encoding: .utf8)
        let text = try #require(whole.components(separatedBy: Self.dashes).first)
        let error = try #require(throws: ProfileError.self) {
            try Profile.read(text, file: "wrong/\(name).yaml", catalogue: Sample.catalogue)
        }
        try Golden.check(text + Self.dashes + error.description + "\n", "wrong/\(name).yaml")
        #expect(error.problems.allSatisfy { $0.isInside(text) })
    }

    @Test func knowsWrongProfilesAtAll() {
        #expect(Self.names.count >= 18)
    }

    @Test func reportsFiveMistakesOfOneProfileWithTheirPlaces() throws {
        let text = """
            name: five
            story: Five mistakes.
            sed: 1
            rules:
              - fault: truncate
                when: { request: never }
                at: halfway
                ending: abrupt
                colour: red
            """
        let error = try #require(throws: ProfileError.self) {
            try Profile.read(text, file: "five.yaml", catalogue: Sample.catalogue)
        }
        #expect(
            error.problems.map { [$0.line, $0.column] } == [
                [3, 1], [6, 22], [7, 9], [8, 13], [9, 5],
            ])
    }

    @Test func countsColumnsInScalarsAndLinesAsYAMLDoes() throws {
        let text = "name: x\r\nstory: »é«\rrules: []\nnope: \u{1F600}\n"
        let error = try #require(throws: ProfileError.self) {
            try Profile.read(text, file: "x.yaml", catalogue: Sample.catalogue)
        }
        #expect(error.problems.map(\.line) == [4])
        let control = "name: x\r\nstory: »é«\u{7}\n"
        let refused = try #require(throws: ProfileError.self) {
            try Profile.read(control, file: "x.yaml", catalogue: Sample.catalogue)
        }
        #expect(refused.description.hasPrefix("x.yaml:2:11: a character that YAML does not allow"))
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["[", "{a: ", "- ", "? ", "[[a]: "])
    func survivesAnyDepth(_ opening: String) {
        let text = String(repeating: opening, count: 20_000)
        #expect(throws: ProfileError.self) {
            try Profile.read(text, file: "x.yaml", catalogue: Sample.catalogue)
        }
    }

    @Test func givesUpOnAliasesThatGrowWithoutEnd() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let items = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(items)]\n"
        }
        let error = try #require(throws: ProfileError.self) {
            try Profile.read(text, file: "x.yaml", catalogue: Sample.catalogue)
        }
        #expect(error.problems.map(\.message) == ["the profile is too big"])
    }
}

extension Problem {
    /// Whether the place is one of the text, its end included.
    func isInside(_ text: String) -> Bool {
        var lines: [Int] = [0]
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            let isBreak = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
            if isBreak, !(scalar == "\n" && previous == "\r") {
                lines.append(0)
            } else if !isBreak {
                lines[lines.count - 1] += 1
            }
            previous = scalar
        }
        return (1...lines.count).contains(self.line)
            && (1...lines[self.line - 1] + 1).contains(self.column)
    }
}
