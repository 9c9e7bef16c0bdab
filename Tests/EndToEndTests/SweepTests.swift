import Foundation
import Testing

/// `virtual-board sweep`: an update of 256 KiB from ota_0 to ota_1, once for each place where the power can be
/// cut. What each cut must come to is §1n of what ESP-IDF v5.3.2's own code was seen to do (board-facts).
@Suite struct SweepTests {
    /// One cut, as the report tells of it.
    struct Cut: Decodable {
        let cut: String
        let boot: Int
        let operation: String
        let `where`: String
        let after: String
        let again: String
        let lost: Bool
        let broken: String?

        /// Of the operation.
        var number: Substring { self.cut.prefix { $0 != ":" } }
        /// Before the operation, and not in its middle.
        var isBefore: Bool { !self.cut.contains(":") }
    }

    struct Sweep {
        let status: Int32
        let output: String
        let cuts: [Cut]
        let seconds: Double
    }

    /// Updates a new board to 2.0.0, and sweeps over its update to 3.0.0.
    private func sweep(_ method: String) throws -> Sweep {
        let board = try VirtualBoard()
        let first = try Faultserve(["--image", try board.image("2.0.0", size: 65_536)])
        let updated = try board.run(method, from: first)
        try #require(updated.running == "ota_0 2.0.0", "\(updated.console)")
        let server = try Faultserve(["--image", try board.image("3.0.0", size: 262_144)])
        let before = try sha256(ofFile: board.flashFile)
        let begin = ContinuousClock.now
        let done = try run(
            VirtualBoard.program,
            [
                "sweep", "--flash", board.flashFile, "--ca", server.ca, "--url",
                server.url + "/firmware.bin", "--method", method, "--report", board.report,
            ], within: 240)
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        #expect(try sha256(ofFile: board.flashFile) == before, "the sweep has changed its flash")
        let lines = try String(contentsOfFile: board.report, encoding: .utf8).split(separator: "\n")
        let cuts = try lines.dropLast().map {
            try JSONDecoder().decode(Cut.self, from: Data($0.utf8))
        }
        return Sweep(
            status: done.status, output: done.output + done.errors, cuts: cuts, seconds: seconds)
    }

    /// The six operations on otadata from the choice of the new app to its confirmation, and what runs after
    /// a cut before each and in its middle. The ids are those of the map of paths.
    private static let otadata:
        [(before: (id: String, runs: String), middle: (id: String, runs: String))] = [
            // esp_ota_set_boot_partition erases, and programs.
            (("pwr-before-otadata", "old"), ("pwr-otadata-erased", "old")),
            (("pwr-otadata-erased", "old"), ("pwr-otadata-torn", "old")),
            // The bootloader turns NEW into PENDING_VERIFY.
            (("pwr-bl-new-before-erase", "new"), ("pwr-bl-new-gap", "old")),
            (("pwr-bl-new-gap", "old"), ("pwr-bl-new-gap", "old")),
            // esp_ota_mark_app_valid_cancel_rollback turns that into VALID.
            (("pwr-mark-valid-before", "old"), ("pwr-mark-valid-gap", "old")),
            (("pwr-mark-valid-gap", "old"), ("pwr-mark-valid-gap", "old")),
        ]

    @Test(.timeLimit(.minutes(5)), arguments: ["native", "simple", "advanced", "guarded"])
    func eachCutComesToWhatTheMapSays(method: String) throws {
        let sweep = try self.sweep(method)
        // Each sector is erased and programmed four times, but guarded programs it at once.
        #expect(sweep.cuts.count > (method == "guarded" ? 250 : 640), "\(sweep.output)")
        #expect(sweep.seconds < 60)
        #expect(sweep.cuts.allSatisfy { $0.after != "neither" }, "\(sweep.output)")

        // pwr-download
        let download = sweep.cuts.filter { $0.where == "ota_1" }
        #expect(download.count > 250)
        #expect(download.allSatisfy { $0.after == "old" && $0.again == "new" && !$0.lost })

        let otadata = sweep.cuts.filter { $0.where == "otadata" }
        let operations = otadata.filter(\.isBefore)
        #expect(
            operations.map { "\($0.boot) \($0.operation)" } == [
                "1 erase", "1 program", "2 erase", "2 program", "2 erase", "2 program",
            ])
        for (operation, expected) in zip(operations, Self.otadata) {
            let all = otadata.filter { $0.number == operation.number }
            // Half-erased, or behind each of the entry's words.
            #expect(all.count == (operation.operation == "erase" ? 2 : 8))
            for cut in all {
                let (id, runs) = cut.isBefore ? expected.before : expected.middle
                #expect(cut.after == runs, "\(id): \(cut)")
                // The choice was whole, and yet the old app runs.
                #expect(cut.lost == (cut.boot == 2 && runs == "old"), "\(id): \(cut)")
            }
        }

        // A cut before the confirmation leaves ABORTED. The bootloader cannot tell it from a crash, and so
        // the stock examples that look refuse the same version for good. Nothing else is ever broken.
        let refuses = ["native", "advanced"].contains(method)
        let broken = sweep.cuts.filter { $0.broken != nil }
        #expect(broken.map(\.cut) == (refuses ? [operations[4].cut] : []), "\(sweep.output)")
        #expect(broken.allSatisfy { $0.broken == "after a second attempt the old app runs" })
        #expect(sweep.status == (refuses ? 5 : 0), "\(sweep.output)")
        #expect(sweep.output.contains("No cut broke a demand.") != refuses)
        #expect(sweep.output.contains("--cut-after N") == refuses)
    }

    @Test(.timeLimit(.minutes(2)))
    func anUpdateThatDoesNotTakeHasNothingToSweep() throws {
        let board = try VirtualBoard()
        let server = try Faultserve(["--profile", "wrong-chip"])
        let done = try run(
            VirtualBoard.program,
            [
                "sweep", "--factory", board.factory, "--ca", server.ca, "--url",
                server.url + "/firmware.bin", "--method", "advanced",
            ], within: 60)
        #expect(done.status == 1)
        #expect(done.errors.contains("the app is the same after the update"), "\(done.errors)")
        #expect(done.errors.contains("Mismatch chip id"), "\(done.errors)")
    }

    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            (["--cut-after", "3"], "leave --cut-after away"), (["--jobs", "0"], "1...256"),
            (["--flash"], "--flash needs a value"), (["--flahs"], "--flahs is no option"),
        ])
    func wrongWordsAreSaid(words: [String], said: String) throws {
        let done = try run(VirtualBoard.program, ["sweep"] + words, within: 20)
        #expect(done.status == 64)
        #expect(done.errors.contains(said), "\(done.errors)")
    }
}
