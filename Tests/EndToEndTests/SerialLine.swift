import Foundation

/// A program behind a pseudo-terminal, as a board is behind a serial line: it starts anew each time that
/// the line is opened.
final class SerialLine {
    /// What names the line.
    let path: String
    private let bridge: Child

    /// - Parameter last: pulls the plug behind a line with this in it.
    /// - Throws: if the line is not there within 20 s.
    init(_ command: [String], in folder: Folder, until last: String? = nil) throws {
        self.path = folder.file("line")
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/pty-board.py").path
        self.bridge = try Child(
            "python3", [script, self.path] + command,
            environment: last.map { ["PTY_BOARD_UNTIL": $0] } ?? [:], input: "/dev/null",
            output: folder.file("bridge.out"), errors: folder.file("bridge.err"))
        let deadline = Date(timeIntervalSinceNow: 20)
        while access(self.path, F_OK) != 0 {
            guard Date() < deadline else { throw POSIXError(.ETIMEDOUT) }
            usleep(3_000)
        }
    }

    /// The virtual board, with an app of version 1.0.0 that trusts the CA of `folder`.
    /// - Parameter options: more words for it.
    static func board(
        in folder: Folder, options: [String] = [], until last: String? = nil
    ) throws -> SerialLine {
        let environment = ["XDG_STATE_HOME": folder.file("state")]
        for words in [
            ["cert", "-o", folder.path],
            [
                "image", "make", "-o", folder.file("factory"), "--version", "1.0.0", "--size",
                "69712",
            ],
        ] {
            let done = try run(binary, words, environment: environment)
            guard done.status == 0 else { throw StartFailure(said: done.errors) }
        }
        return try SerialLine(
            [
                VirtualBoard.program, "--flash", folder.file("flash"), "--efuse",
                folder.file("efuse"), "--factory", folder.file("factory"), "--ca",
                folder.file("ca_cert.pem"), "--task-wdt", "panic", "--kconfig",
                "APP_OTA_MAX_ATTEMPTS=2",
            ] + options, in: folder, until: last)
    }

    /// Pulls the plug.
    func takeAway() { kill(self.bridge.pid, SIGUSR1) }
}
