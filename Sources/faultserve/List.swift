import ArgumentParser
import FaultKit
import FaultServer
import Foundation

/// `faultserve list faults|profiles|coverage`.
struct List: ParsableCommand {
    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case faults, profiles, coverage
    }

    static let configuration = CommandConfiguration(
        abstract: "List the faults, the shipped profiles, or the ways of an update that they cover."
    )

    @Argument(help: "faults, profiles or coverage.")
    var subject: Subject

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var library: LibraryOptions

    private struct Row: Encodable {
        let name: String
        let summary: String
        var layer: String?
        var requirement: String?
        var covers: [String]?
        var profiles: [String]?
        var stage: String?
        var device: String?
        var obstacle: String?
        /// Whether it takes a client that speaks HTTP/2.
        var http2: Bool?
    }

    func run() throws {
        if self.subject == .coverage, !self.json { return try self.writeCoverage() }
        let rows =
            switch self.subject {
            case .faults: self.faults
            case .profiles: try self.profiles()
            case .coverage: try self.coverage()
            }
        guard self.json else {
            return Terminal.write(Terminal.table(rows.map(self.columns)))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Terminal.write(String(decoding: try encoder.encode(rows), as: UTF8.self))
    }

    private func columns(_ row: Row) -> [String] {
        guard self.subject == .profiles else {
            return [row.name, row.layer, row.summary].compactMap { $0 }
        }
        // 'faultserve explain' tells the rest of a story.
        let story = row.summary.range(of: ". ").map { row.summary[..<$0.lowerBound] + "." }
        return [
            row.name, row.stage ?? "-", row.device ?? "-", story.map(String.init) ?? row.summary,
        ]
    }

    private var faults: [Row] {
        Faultserve.catalogue.faults.map { fault in
            Row(
                name: fault.manual.name, summary: fault.manual.summary, layer: fault.layer,
                requirement: fault.manual.requirement)
        }
    }

    /// By the step of the update at which a correct device decides, so that those for one purpose stand
    /// together; those without an expectation come last.
    private func profiles() throws -> [Row] {
        func step(_ profile: Profile) -> Int {
            profile.expectation?.stage.flatMap(Stage.allCases.firstIndex) ?? Stage.allCases.count
        }
        return try self.library.library.all().sorted { (step($0), $0.name) < (step($1), $1.name) }
            .map {
                Row(
                    name: $0.name, summary: $0.story, covers: $0.covers,
                    stage: $0.expectation?.stage?.rawValue,
                    device: $0.expectation?.device.description,
                    http2: $0.device.speaksHTTP2 ? true : nil)
            }
    }

    private func coverage() throws -> [Row] {
        try self.coveredPaths().map { path, profiles in
            Row(
                name: path.id, summary: path.summary, profiles: profiles,
                stage: path.stage.rawValue, obstacle: profiles.isEmpty ? path.obstacle : nil)
        }
    }

    /// Each profile with the ways that it covers, then those that none does.
    private func writeCoverage() throws {
        let paths = try self.coveredPaths()
        func rows(
            _ isListed: ([String]) -> Bool, says: (OTAPath) -> String = { $0.summary }
        ) -> String {
            Terminal.table(
                paths.filter { isListed($0.profiles) }.map { path, _ in
                    ["  " + path.id, path.stage.rawValue, says(path)]
                })
        }
        for profile in try self.library.library.all() where !profile.covers.isEmpty {
            Terminal.write(profile.name + "\n" + rows { $0.contains(profile.name) })
        }
        let missing = rows(\.isEmpty) { $0.obstacle ?? "no profile provokes it" }
        Terminal.write("no profile can\n" + missing)
        let covered = paths.filter { !$0.profiles.isEmpty }.count
        Terminal.write("\(covered) of \(paths.count) ways of an update are covered")
    }

    private func coveredPaths() throws -> [(path: OTAPath, profiles: [String])] {
        let profiles = try self.library.library.all()
        return OTAPath.all.map { path in
            (path, profiles.filter { $0.covers.contains(path.id) }.map(\.name))
        }
    }
}
