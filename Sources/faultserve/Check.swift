import ArgumentParser
import FaultServer

/// `faultserve check FILE...`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check profiles: every mistake with file, line and column.",
        discussion: "Exit status 65 if any profile is wrong.")

    @Argument(help: "Profiles: files, or names of shipped ones.")
    var files: [String]

    @OptionGroup var library: LibraryOptions

    func run() throws {
        var problems: [Problem] = []
        var lines: [String] = []
        for file in self.files {
            do {
                let profile = try self.library.library.resolve(file)
                let count = profile.steps.reduce(0) { $0 + $1.rules.count }
                lines.append("\(file): fine, \(count) \(count == 1 ? "rule" : "rules")")
            } catch let error as ProfileError {
                problems += error.problems
            }
        }
        if !lines.isEmpty { Terminal.write(lines.joined(separator: "\n")) }
        guard problems.isEmpty else { throw ProfileError(problems: problems) }
    }
}
