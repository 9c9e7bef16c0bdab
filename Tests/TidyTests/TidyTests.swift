import FaultKit
import FaultServer
import Faults
import Foundation
import Testing

/// Rules of the house that a machine can judge.
@Suite struct TidyTests {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    private static func files(in folder: String, _ ending: String) -> [String] {
        let found = FileManager.default.enumerator(atPath: Self.root.appending(path: folder).path)
        return (found?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(ending) }.sorted()
    }

    /// What the data path may not do: look at the wall clock, roll dice of its own, sleep, print.
    @Test(arguments: [
        "FaultKit", "Faults", "FirmwareImage", "FaultTesting", "FaultServer", "ImageSigning",
    ])
    func theDataPathIsReplayable(target: String) throws {
        let banned = [
            "Date\\(\\)", "random\\(in:", "Task\\.sleep", "print\\(", "usleep\\(", "arc4random",
            "SystemRandomNumberGenerator", "gettimeofday", "fatalError\\(", "try!",
        ]
        let sources = Self.files(in: "Sources/\(target)", ".swift")
        try #require(!sources.isEmpty)
        for file in sources {
            let lines = try Self.text("Sources/\(target)/\(file)").components(separatedBy: "\n")
            for (number, line) in lines.enumerated() {
                let code = " " + line.components(separatedBy: "//")[0]
                for word in banned
                where code.range(of: "[^A-Za-z]\(word)", options: .regularExpression) != nil {
                    // Dice that were handed over are fine, and so is an invariant that is stated.
                    let near = lines[max(0, number - 1)...min(lines.count - 1, number + 2)].joined()
                    if word == "random\\(in:", near.contains("using:") { continue }
                    if word == "try!", lines[max(0, number - 1)].contains("//") { continue }
                    Issue.record("Sources/\(target)/\(file):\(number + 1) has \(word)")
                }
            }
        }
    }

    @Test func onlyTLSAndSigningKnowOpenSSL() throws {
        for file in Self.files(in: "Sources", ".swift")
        where !file.hasPrefix("FaultServer/TLS/") && !file.hasPrefix("ImageSigning/") {
            #expect(try !Self.text("Sources/\(file)").contains("import COpenSSL"), "\(file)")
        }
    }

    @Test func faultsKnowNoEngine() throws {
        for target in ["FaultKit", "Faults", "FirmwareImage", "FaultTesting"] {
            for file in Self.files(in: "Sources/\(target)", ".swift") {
                let text = try Self.text("Sources/\(target)/\(file)")
                for module in ["Foundation", "NIOPosix", "Glibc", "FaultServer", "Dispatch"] {
                    #expect(!text.contains("import \(module)"), "\(target)/\(file)")
                }
            }
        }
    }

    @Test func everyFaultHasItsFileItsTestAndAProfile() throws {
        let files = Set(Self.files(in: "Sources/Faults", ".swift"))
        let tests = Set(Self.files(in: "Tests/FaultsTests", ".swift"))
        let profiles = try Self.files(in: "profiles", ".yaml").map {
            try Self.text("profiles/\($0)")
        }
        for fault in Faults.all {
            let type = "\(fault)"
            #expect(files.contains("\(type).swift"), "\(type) has no file of its name")
            #expect(tests.contains("\(type)Tests.swift"), "\(type) has no test of its name")
            let name = fault.manual.name
            #expect(
                profiles.contains { $0.contains("fault: \(name)\n") }, "no profile uses \(name)")
        }
    }

    /// What a device does about each is tested on the virtual board, by WholeLibraryTests.
    @Test func everyProfileHasItsKnownPlan() {
        let plans = Set(Self.files(in: "Tests/FaultServerTests/Golden/plans", ".txt"))
        let profiles = Self.files(in: "profiles", ".yaml").map { $0.dropLast(5) + ".txt" }
        #expect(plans == Set(profiles.map { String($0.split(separator: "/").last!) }))
    }

    @Test func theReferenceOfFaultsIsCurrent() throws {
        let reference = Catalogue(Faults.all).reference
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try reference.write(
                to: Self.root.appending(path: "docs/faults.md"), atomically: true, encoding: .utf8)
        }
        #expect(try Self.text("docs/faults.md") == reference, "write it anew with 'make reference'")
    }

    @Test func filesStaySmall() throws {
        for file in Self.files(in: "Sources", ".swift") {
            let lines = try Self.text("Sources/\(file)").components(separatedBy: "\n").count
            #expect(lines <= 320, "\(file) has \(lines) lines")
        }
    }

    @Test func linksInDocumentsLeadSomewhere() throws {
        let documents =
            ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
            + Self.files(in: "docs", ".md").map { "docs/\($0)" }
        let link = try Regex("\\]\\(([^)#:]+)(#[^)]*)?\\)")
        for document in documents {
            let folder = Self.root.appending(path: document).deletingLastPathComponent()
            for match in try Self.text(document).matches(of: link) {
                let target = String(match.output[1].substring ?? "")
                let path = folder.appending(path: target).path
                #expect(FileManager.default.fileExists(atPath: path), "\(document): \(target)")
            }
        }
    }
}
