import Foundation
import Testing

/// Shipped profiles on devices of the user's own: each tenth, as a line takes one run at a time and a board there
/// waits as long as a real one; all of them with WHOLE=1, which takes half an hour. It takes the machine for itself.
@Suite struct WholeLibraryElsewhereTests {
    private static let isWhole = ProcessInfo.processInfo.environment["WHOLE"] != nil

    private static func profiles() throws -> [String] {
        if Self.isWhole { return ["--all"] }
        return try shippedProfiles().enumerated().filter { $0.offset.isMultiple(of: 10) }.map(
            \.element)
    }

    private func verdicts(
        _ device: String, _ words: [String], in folder: Folder
    ) throws -> [String: SerialTests.Result] {
        let (done, results) = try SerialTests.test(
            try Self.profiles() + ["--method", "guarded"] + words, on: device, in: folder,
            within: Self.isWhole ? 2_400 : 280)
        try #require(!results.isEmpty, "\(done.errors)")
        return Dictionary(results.map { ($0.profile, $0) }) { $1 }
    }

    /// Whether a profile takes what such a device cannot be, or suffer.
    private func isVoidByDesign(_ result: SerialTests.Result) -> Bool {
        result.verdict == "void" && result.reason?.contains("it takes ") == true
    }

    @Test(.timeLimit(.minutes(60)))
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
