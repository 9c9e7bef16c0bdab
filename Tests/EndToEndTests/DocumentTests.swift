import Foundation
import Testing

/// What the documents tell their reader to write is understood.
@Suite struct DocumentTests {
    private static let documents = [
        "README.md", "docs/faults.md", "docs/profiles.md", "docs/writing-a-fault.md",
        "docs/certificates.md",
    ]

    private static func text(_ document: String) throws -> String {
        try String(contentsOfFile: checkout + "/" + document, encoding: .utf8)
    }

    @Test func everyRuleInThemCanBeServed() throws {
        let rule = try Regex("--fault '([^']+)'")
        var rules: [String] = []
        for document in Self.documents {
            rules += try Self.text(document).matches(of: rule).compactMap {
                $0.output[1].substring.map(String.init)
            }
        }
        try #require(rules.count >= 13)
        // With a key, as some are about signatures.
        let folder = try Folder()
        let key = folder.file("key.pem")
        let made = try run(binary, ["image", "keygen", "--scheme", "ecdsa256", "-o", key])
        try #require(made.status == 0, "\(made.errors)")
        // One at a time: a fault that leaves no app image is no company for one that wants one.
        for rule in rules {
            let server = try Faultserve(["--fault", rule, "--sign-key", key])
            #expect(server.stop() == 0, "\(rule)")
        }
    }

    @Test func theProfilesBesideBadSSLAreShipped() throws {
        let rows = try Self.text("docs/badssl.md").split(separator: "\n").filter {
            $0.hasPrefix("| ") && !$0.contains("---")
        }.dropFirst()
        var count = 0
        for row in rows {
            let cell = row.split(separator: "|")[1].trimmingCharacters(in: .whitespaces)
            guard let match = cell.firstMatch(of: #/^`([a-z0-9.-]+)`/#) else { continue }
            count += 1
            let path = "\(checkout)/profiles/\(match.1).yaml"
            #expect(FileManager.default.fileExists(atPath: path), "\(row)")
        }
        #expect(count > 20)
    }

    @Test func everyProfileInThemIsRight() throws {
        let block = try Regex("```yaml\n([^`]+)```")
        let name = try Regex("name: ([a-z-]+)")
        let folder = try Folder()
        var count = 0
        for match in try Self.text("docs/profiles.md").matches(of: block) {
            let yaml = String(match.output[1].substring ?? "")
            let file =
                String(try #require(yaml.firstMatch(of: name)?.output[1].substring)) + ".yaml"
            try folder.write(Data(yaml.utf8), to: file)
            let done = try run(binary, ["check", folder.file(file)])
            #expect(done.status == 0, "\(done.errors)")
            count += 1
        }
        #expect(count == 2)
    }

    @Test func everyCommandOfTheREADMEIsOne() throws {
        let documents = ["README.md", "docs/certificates.md"]
        let lines = try documents.flatMap { try Self.text($0).components(separatedBy: "\n") }
            .filter { $0.hasPrefix("faultserve ") && !$0.hasPrefix("faultserve 0") }
        try #require(lines.count >= 9)
        let words = Set(
            lines.compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) })
        for word in words where !word.hasPrefix("-") {
            #expect(try run(binary, ["help", word]).status == 0, "\(word)")
        }
        for option in words where option.hasPrefix("-") {
            let help = try run(binary, ["help", "serve"]).output
            #expect(help.contains(option), "\(option)")
        }
    }

    /// In a shell, in a folder of their own, one after the other.
    @Test func everyCommandAboutImagesRuns() throws {
        let block = try Regex("```sh\n([^`]+)```")
        let text = try Self.text("docs/images.md")
        let commands = try #require(text.firstMatch(of: block)?.output[1].substring)
        let folder = try Folder()
        let program = (binary as NSString).deletingLastPathComponent
        let done = try run(
            "sh", ["-c", "set -e; cd '\(folder.path)'; PATH='\(program)':$PATH; \(commands)"])
        #expect(done.status == 0, "\(done)")
        #expect(done.output.contains("valid: faultserve-demo 2.0.1 for esp32c3"), "\(done.output)")
        #expect(done.output.contains("signed.bin: valid"), "\(done.output)")
    }
}
