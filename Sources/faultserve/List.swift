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
            return Terminal.write(
                Terminal.table(
                    rows.map { row in
                        [row.name] + [row.layer, row.stage].compactMap { $0 } + [row.summary]
                    }))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Terminal.write(String(decoding: try encoder.encode(rows), as: UTF8.self))
    }

    private var faults: [Row] {
        Faultserve.catalogue.faults.map { fault in
            Row(
                name: fault.manual.name, summary: fault.manual.summary, layer: fault.layer,
                requirement: fault.manual.requirement)
        }
    }

    private func profiles() throws -> [Row] {
        try self.library.library.all().map {
            Row(name: $0.name, summary: $0.story, covers: $0.covers)
        }
    }

    private func coverage() throws -> [Row] {
        try self.coveredPaths().map { path, profiles in
            Row(
                name: path.id, summary: path.summary, profiles: profiles, stage: path.stage.rawValue
            )
        }
    }

    /// Each profile with the ways that it covers, then those that none does.
    private func writeCoverage() throws {
        let paths = try self.coveredPaths()
        func rows(_ isListed: ([String]) -> Bool) -> String {
            Terminal.table(
                paths.filter { isListed($0.profiles) }.map { path, _ in
                    ["  " + path.id, path.stage.rawValue, path.summary]
                })
        }
        for profile in try self.library.library.all() where !profile.covers.isEmpty {
            Terminal.write(profile.name + "\n" + rows { $0.contains(profile.name) })
        }
        Terminal.write("no profile\n" + rows(\.isEmpty))
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
