import Foundation
import Testing

/// Every shipped profile with every method. It takes the machine for itself.
@Suite struct WholeLibraryTests {
    fileprivate struct Result: Decodable {
        let profile: String
        let method: String
        let verdict: String
        let outcome: String
        let stage: String?
        let report: String?
        let transcript: [Line]

        struct Line: Decodable {
            let side: String
            let text: String
        }
        /// Requests that went on where one before had broken off.
        let resumed: Int
    }

    private static let methods = ["native", "simple", "advanced", "guarded"]

    /// RECORD=1 writes docs/field-cases.md anew.
    @Test(.timeLimit(.minutes(6)))
    func theWholeLibraryPassesButForTheKnownGaps() throws {
        let folder = try Folder()
        let begin = ContinuousClock.now
        let done = try run(
            binary,
            ["test", "--all", "--device", "board", "--json", folder.file("json")]
                + Self.methods.flatMap { ["--method", $0] }, within: 300,
            environment: ["XDG_STATE_HOME": folder.file("state")])
        #expect(done.status == 0, "\(done.output.suffix(8000))")
        #expect(ContinuousClock.now - begin < .seconds(180))
        let results = try JSONDecoder().decode([Result].self, from: folder.bytes("json"))
        #expect(Set(results.map(\.verdict)) == ["passed", "gap"])
        #expect(!results.contains { $0.verdict == "gap" && $0.method == "guarded" })
        // It is not enough that an update comes through in the end.
        for result in results where result.profile == "break-and-resume" {
            #expect((result.resumed > 0) == (result.method == "guarded"), "\(result)")
        }
        try self.checkFieldCases(results)
        try self.checkResponseRows(results)
    }

    /// Each way of the response layer that a profile covers, with the row's outcome and words.
    private func checkResponseRows(_ results: [Result]) throws {
        for row in ResponseRow.all {
            let result = try #require(
                results.first { $0.profile == row.profile && $0.method == row.method }, "\(row)")
            let outcome = result.outcome + (result.stage.map { " at \($0)" } ?? "")
            #expect(outcome == row.outcome, "\(row)")
            guard let text = row.text else { continue }
            let isLogged = result.transcript.contains {
                $0.side == "device" && $0.text.contains(text)
            }
            #expect(isLogged, "\(row)")
        }
        struct Path: Decodable {
            let name: String
            let profiles: [String]
        }
        let coverage = try JSONDecoder().decode(
            [Path].self, from: Data(try run(binary, ["list", "coverage", "--json"]).output.utf8))
        let ids = coverage.filter { path in
            !path.profiles.isEmpty && ResponseRow.layers.contains(where: path.name.hasPrefix)
        }.map(\.name)
        #expect(Set(ids) == Set(ResponseRow.all.map(\.id)))
        for row in ResponseRow.all {
            let isCovered = coverage.first { $0.name == row.id }?.profiles.contains(row.profile)
            #expect(isCovered == true, "\(row)")
        }
    }

    /// The table of reports: what each method does with what was reported.
    private func checkFieldCases(_ results: [Result]) throws {
        let cases = Dictionary(grouping: results.filter { $0.report != nil }, by: \.profile)
        #expect(cases.count >= 25)
        let rows = cases.sorted { $0.key < $1.key }.map { name, runs in
            let report = runs[0].report ?? ""
            let label = report.replacing("https://github.com/", with: "").replacing(
                #/\/(issues|pull)\//#, with: " ")
            let cells = Self.methods.map { method in
                runs.first { $0.method == method }.map { run in
                    (run.verdict == "gap" ? "**" : "") + run.outcome
                        + (run.stage.map { " at \($0)" } ?? "") + (run.verdict == "gap" ? "**" : "")
                } ?? "-"
            }
            return "| [\(label)](\(report)) | `\(name)` | \(cells.joined(separator: " | ")) |"
        }
        let text = """
            # Field cases

            Failures that people have reported of devices in the field, each as a profile in `profiles/field`; `faultserve explain NAME` tells the story. The columns say what each \
            update method comes to on the virtual board. Bold is a known gap: less than a correct device would do. A dash means that the method does nothing of the kind.

            | report | profile | native | simple | advanced | guarded |
            | --- | --- | --- | --- | --- | --- |
            \(rows.joined(separator: "\n"))

            """
        let file = checkout + "/docs/field-cases.md"
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == text, "write it with RECORD=1")
    }
}
