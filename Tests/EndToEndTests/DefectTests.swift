import Foundation
import Testing

/// Boards that are broken on purpose: each defect turns the profiles red that speak of it.
///
/// docs/defects.md says which. These tests run a dozen of each defect's, with WHOLE=1 all that it lists; with RECORD=1
/// they run the whole library with each defect, which takes some twenty minutes, and write it anew.
@Suite struct DefectTests {
    private struct Result: Decodable {
        struct Mismatch: Decodable {
            let what: String
            let expected: String
            let actual: String
        }
        let profile: String
        let method: String
        let verdict: String
        let mismatches: [Mismatch]
    }

    private struct Defect {
        let name: String
        let methods: String
        let summary: String
    }

    private static let file = checkout + "/docs/defects.md"

    private static func defects() throws -> [Defect] {
        try run(VirtualBoard.program, ["--defects"]).output.split(separator: "\n").map { line in
            let parts = line.split(separator: "\t").map(String.init)
            return Defect(name: parts[0], methods: parts[1], summary: parts[2])
        }
    }

    /// The profiles that turn red, with one of the defect's methods at least.
    private func red(_ defect: Defect, _ profiles: [String]) throws -> [String] {
        let folder = try Folder()
        let methods = defect.methods.split(separator: "+").map { "--method=\($0)" }
        let done = try run(
            binary,
            [
                "test", "--json", folder.file("json"),
                "--board-option=--defect=\(defect.name)", "--jobs", "8",
            ] + methods + profiles, within: 240,
            environment: ["XDG_STATE_HOME": folder.file("state")])
        try #require([0, 1].contains(done.status), "\(done.errors)")
        let results = try JSONDecoder().decode([Result].self, from: folder.bytes("json"))
        let red = results.filter { ["failed", "healed"].contains($0.verdict) }
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            for result in red { print(defect.name, result) }
        }
        return Set(red.map(\.profile)).sorted()
    }

    /// What the document says: the profiles of each defect.
    private static func documented() throws -> [String: [String]] {
        let text = try String(contentsOfFile: Self.file, encoding: .utf8)
        var table: [String: [String]] = [:]
        for match in text.matches(of: #/\| `([a-z-]+)` \| [a-z+]+ \| [^|]+ \| ([^|]*) \|/#) {
            table[String(match.1)] = match.2.split(separator: " ").map(String.init)
        }
        return table
    }

    @Test(.timeLimit(.minutes(30)))
    func eachDefectTurnsItsProfilesRed() throws {
        let isRecording = ProcessInfo.processInfo.environment["RECORD"] != nil
        let defects = try Self.defects()
        #expect(defects.count >= 15)
        if isRecording {
            let table = try defects.map { ($0, try self.red($0, ["--all"])) }
            try Self.document(table).write(toFile: Self.file, atomically: true, encoding: .utf8)
        }
        let documented = try Self.documented()
        #expect(Set(documented.keys) == Set(defects.map(\.name)))
        for defect in defects {
            let listed = documented[defect.name] ?? []
            #expect(!listed.isEmpty, "\(defect.name) is found by no profile")
            if isRecording { continue }
            let chosen = Self.chosen(listed)
            #expect(try self.red(defect, chosen) == chosen, "\(defect.name)")
        }
    }

    /// A dozen of them, from the whole of the list.
    private static func chosen(_ profiles: [String]) -> [String] {
        guard ProcessInfo.processInfo.environment["WHOLE"] == nil else { return profiles }
        return stride(from: 0, to: profiles.count, by: max(1, (profiles.count + 11) / 12)).map {
            profiles[$0]
        }
    }

    @Test func eachProfileFindsADefectOrHasAReasonWhyNone() throws {
        let found = Set(try Self.documented().values.joined())
        let names = try shippedProfiles()
        #expect(!names.isEmpty)
        for name in names {
            #expect(
                found.contains(name) || Self.excused[name] != nil,
                """
                \(name) turns red with no defect that docs/defects.md lists. Write it anew with RECORD=1; if none \
                of firmware/board/src/defect.c turns it red then, add one that it speaks of, or the reason why \
                there is none to `excused`
                """)
        }
        let listedNames = Set(names)
        #expect(listedNames.isSuperset(of: found), "docs/defects.md lists profiles that are gone")
        for name in Self.excused.keys {
            #expect(listedNames.contains(name), "\(name) is excused, and is gone")
            #expect(!found.contains(name), "\(name) is excused, and finds a defect")
        }
    }

    /// Why no defect below the app shows.
    private static let excused = [
        "not-modified": "the answer has no body, so that there is nothing that a device could take",
        "partition-table-broken": "no board boots, whatever its other defects are",
        "range-empty":
            "only esp_https_ota asks for such ranges, and it waits for ever then, with or without a defect",
        "resume-shifted":
            "only guarded_ota resumes, and it holds the whole against the image's own SHA-256 above the board",
    ]

    private static func document(_ table: [(Defect, [String])]) -> String {
        let rows = table.map { defect, profiles in
            "| `\(defect.name)` | \(defect.methods) | \(defect.summary) | \(profiles.joined(separator: " ")) |"
        }
        let reasons = Self.excused.sorted { $0.key < $1.key }.map {
            "| `\($0.key)` | \($0.value) |"
        }
        return """
            # Defects on purpose

            `virtual-board --defect NAME` has one of these, so that the profiles can be seen to find it: `faultserve test --all --method METHOD --board-option=--defect=NAME`. \
            The last column has the profiles that turn red.

            | defect | methods | the board | profiles |
            | --- | --- | --- | --- |
            \(rows.joined(separator: "\n"))

            These profiles find none:

            | profile | why |
            | --- | --- |
            \(reasons.joined(separator: "\n"))

            """
    }
}
