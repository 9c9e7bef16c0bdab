import Foundation
import Testing

/// Boards that are broken on purpose: each defect turns the profiles red that speak of it.
///
/// docs/defects.md says which. These tests run what it lists; with RECORD=1 they run the whole library with each
/// defect, which takes some ten minutes, and write it anew.
@Suite struct DefectTests {
    private struct Result: Decodable {
        let profile: String
        let verdict: String
    }

    private struct Defect {
        let name: String
        let method: String
        let summary: String
    }

    private static let file = checkout + "/docs/defects.md"

    private static func defects() throws -> [Defect] {
        try run(VirtualBoard.program, ["--defects"]).output.split(separator: "\n").map { line in
            let parts = line.split(separator: "\t").map(String.init)
            return Defect(name: parts[0], method: parts[1], summary: parts[2])
        }
    }

    /// The profiles that turn red.
    private func red(_ defect: Defect, _ profiles: [String]) throws -> [String] {
        let folder = try Folder()
        let done = try run(
            binary,
            [
                "test", "--json", folder.file("json"), "--method", defect.method,
                "--board-option=--defect=\(defect.name)", "--jobs", "8",
            ] + profiles, within: 240, environment: ["XDG_STATE_HOME": folder.file("state")])
        try #require([0, 1].contains(done.status), "\(done.errors)")
        return try JSONDecoder().decode([Result].self, from: folder.bytes("json"))
            .filter { ["failed", "healed"].contains($0.verdict) }.map(\.profile)
    }

    /// What the document says: the profiles of each defect.
    private static func documented() throws -> [String: [String]] {
        let text = try String(contentsOfFile: Self.file, encoding: .utf8)
        var table: [String: [String]] = [:]
        for match in text.matches(of: #/\| `([a-z-]+)` \| [a-z]+ \| [^|]+ \| ([^|]*) \|/#) {
            table[String(match.1)] = match.2.split(separator: " ").map(String.init)
        }
        return table
    }

    @Test(.timeLimit(.minutes(30)))
    func eachDefectTurnsItsProfilesRed() throws {
        let isRecording = ProcessInfo.processInfo.environment["RECORD"] != nil
        let defects = try Self.defects()
        #expect(defects.count >= 12)
        if isRecording {
            let table = try defects.map { ($0, try self.red($0, ["--all"])) }
            try Self.document(table).write(toFile: Self.file, atomically: true, encoding: .utf8)
        }
        let documented = try Self.documented()
        #expect(Set(documented.keys) == Set(defects.map(\.name)))
        for defect in defects {
            let listed = documented[defect.name] ?? []
            #expect(!listed.isEmpty, "\(defect.name) is found by no profile")
            if !isRecording { #expect(try self.red(defect, listed) == listed, "\(defect.name)") }
        }
    }

    /// A profile that finds no defect is said to be such a one: what is new has to be thought about.
    @Test func eachProfileFindsADefectOrIsSaidNotTo() throws {
        let found = Set(try Self.documented().values.joined())
        let text = try String(contentsOfFile: Self.file, encoding: .utf8)
        let rest = text.components(separatedBy: Self.heading + "\n").last ?? ""
        let unfound = Set(rest.split(whereSeparator: \.isWhitespace).map(String.init))
        #expect(found.isDisjoint(with: unfound))
        #expect(try Set(Self.profiles()) == found.union(unfound), "write it with RECORD=1")
    }

    private static let heading = "These profiles find none of them yet:"

    private static func profiles() throws -> [String] {
        let listed = try run(binary, ["list", "profiles", "--json"]).output
        let rows = try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [[String: Any]]
        return (rows ?? []).compactMap { $0["name"] as? String }
    }

    private static func document(_ table: [(Defect, [String])]) throws -> String {
        let found = Set(table.flatMap(\.1))
        let unfound = try Self.profiles().sorted().filter { !found.contains($0) }
        let rows = table.map { defect, profiles in
            "| `\(defect.name)` | \(defect.method) | \(defect.summary) | \(profiles.joined(separator: " ")) |"
        }
        return """
            # Defects on purpose

            `virtual-board --defect NAME` has one of these, so that the profiles can be seen to find it: `faultserve test --all --method METHOD --board-option=--defect=NAME`. \
            The last column has the profiles that turn red.

            | defect | method | the board | profiles |
            | --- | --- | --- | --- |
            \(rows.joined(separator: "\n"))

            \(Self.heading)
            \(unfound.joined(separator: " "))

            """
    }
}
