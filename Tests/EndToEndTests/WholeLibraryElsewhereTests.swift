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

    @Test(.timeLimit(.minutes(6)))
    func theWholeLibraryIsJudgedOnALineAsOnTheBoard() throws {
        let folder = try Folder()
        let line = try SerialLine.board(in: folder)
        let there = try self.verdicts(
            "serial:\(line.path)@921600", ["--host", "127.0.0.1"], in: folder)
        try self.compare(there, in: folder)
    }

    @Test(.timeLimit(.minutes(6)))
    func theWholeLibraryIsJudgedBehindACommandAsOnTheBoard() throws {
        let folder = try Folder()
        let made = try run(
            binary,
            [
                "image", "make", "-o", folder.file("factory"), "--version", "1.0.0", "--size",
                "69712",
            ])
        try #require(made.status == 0, "\(made.errors)")
        // A flash for each run, which a reset leaves as it is.
        let command =
            "exec \(VirtualBoard.program) --flash '\(folder.path)/flash-'$FAULTSERVE_RUN "
            + "--ca \"$FAULTSERVE_CA\" --factory '\(folder.file("factory"))' --task-wdt panic "
            + "--kconfig APP_OTA_MAX_ATTEMPTS=2"
        let there = try self.verdicts("exec:\(command)", [], in: folder)
        try self.compare(there, in: folder)
    }

    private func compare(_ there: [String: SerialTests.Result], in folder: Folder) throws {
        let here = try self.verdicts("board", [], in: folder)
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
