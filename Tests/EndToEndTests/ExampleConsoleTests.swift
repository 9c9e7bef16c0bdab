import Foundation
import Testing

/// Apps that speak as ESP-IDF's three OTA examples do, with nothing of this project in them.
@Suite struct ExampleConsoleTests {
    private struct Result: Decodable {
        let profile: String
        let verdict: String
        let outcome: String
        let stage: String?
    }

    private func test(
        _ app: String, _ profiles: [String], defect: String? = nil
    ) throws -> [Result] {
        let folder = try Folder()
        let board = (VirtualBoard.program as NSString).deletingLastPathComponent + "/board-\(app)"
        let flash = folder.file("flash")
        let command =
            "rm -f '\(flash)'; exec '\(board)' --flash '\(flash)' --ca \"$FAULTSERVE_CA\" "
            + (defect.map { "--defect \($0)" } ?? "")
        let done = try run(
            binary,
            [
                "test", "--json", folder.file("json"), "--console", app, "--jobs", "1",
                "--device", "exec:\(command)",
            ] + profiles, within: 120, environment: ["XDG_STATE_HOME": folder.file("state")])
        try #require([0, 1].contains(done.status), "\(done.errors)")
        return try JSONDecoder().decode([Result].self, from: folder.bytes("json"))
    }

    @Test(.timeLimit(.minutes(3)), arguments: ["native", "simple", "advanced"])
    func aGoodOneIsJudgedGood(app: String) throws {
        let profiles = [
            "none", "bad-cn", "truncate", "corrupt-image", "wrong-digest", "older-version",
        ]
        let results = try self.test(app, profiles)
        #expect(results.map(\.profile) == profiles)
        #expect(results.allSatisfy { $0.verdict == "passed" }, "\(results)")
        #expect(results.first?.outcome == "updated")
        #expect(results[1].stage == "tls" && results[2].stage == "download")
    }

    @Test(
        .timeLimit(.minutes(3)), arguments: ["native", "simple", "advanced"],
        [
            ("ignores-name", "bad-cn"), ("skips-verification", "corrupt-image"),
            ("never-updates", "none"),
        ])
    func aBadOneIsJudgedBad(app: String, broken: (defect: String, profile: String)) throws {
        let results = try self.test(app, [broken.profile], defect: broken.defect)
        #expect(results.map(\.verdict) == ["failed"], "\(results)")
    }

    /// What is known of the stock methods is known of the examples.
    @Test(.timeLimit(.minutes(3)))
    func whatESPIDFIsKnownForIsAGap() throws {
        #expect(try self.test("native", ["not-found"]).map(\.verdict) == ["gap"])
        #expect(try self.test("simple", ["same-version"]).map(\.verdict) == ["gap"])
        #expect(try self.test("advanced", ["redirect-downgrade"]).map(\.verdict) == ["gap"])
    }
}
