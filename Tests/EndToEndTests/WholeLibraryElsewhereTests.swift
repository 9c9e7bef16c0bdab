import Foundation
import Testing

/// Every shipped profile on devices of the user's own. It takes the machine for itself.
@Suite struct WholeLibraryElsewhereTests {
    private func verdicts(
        _ device: String, _ words: [String], in folder: Folder
    ) throws -> [String: SerialTests.Result] {
        let (done, results) = try SerialTests.test(
            ["--all", "--method", "guarded"] + words, on: device, in: folder, within: 280)
        try #require(!results.isEmpty, "\(done.errors)")
        return Dictionary(results.map { ($0.profile, $0) }) { $1 }
    }

    /// Whether a profile takes what such a device cannot be, or suffer.
    private func isVoidByDesign(_ result: SerialTests.Result) -> Bool {
        result.verdict == "void" && result.reason?.contains("it takes ") == true
    }

    @Test(.timeLimit(.minutes(8)))
    func theWholeLibraryIsJudgedElsewhereAsOnTheBoard() throws {
        let folder = try Folder()
        let here = try self.verdicts("board", [], in: folder)
        let line = try SerialLine.board(in: folder)
        self.compare(
            try self.verdicts("serial:\(line.path)@921600", ["--host", "127.0.0.1"], in: folder),
            with: here)
        // A flash for each run, which a reset leaves as it is.
        let command =
            "exec \(VirtualBoard.program) --flash '\(folder.path)/flash-'$FAULTSERVE_RUN "
            + "--ca \"$FAULTSERVE_CA\" --factory '\(folder.file("factory"))' --task-wdt panic "
            + "--kconfig APP_OTA_MAX_ATTEMPTS=2"
        self.compare(try self.verdicts("exec:\(command)", [], in: folder), with: here)
    }

    private func compare(
        _ there: [String: SerialTests.Result], with here: [String: SerialTests.Result]
    ) {
        #expect(Set(there.keys) == Set(here.keys))
        let judged = there.filter { !self.isVoidByDesign($0.value) }
        // Most profiles take a device as any.
        #expect(judged.count > here.count / 2)
        for (name, result) in judged {
            #expect(
                result.verdict == here[name]?.verdict && result.outcome == here[name]?.outcome,
                "\(name): \(result.verdict), \(result.outcome), \(result.reason ?? "")")
        }
    }
}
