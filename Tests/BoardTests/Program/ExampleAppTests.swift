import FirmwareImage
import Foundation
import Testing

extension BoardTests {
    /// The three apps in the way of ESP-IDF's examples: what they use, and what only they do.
    @Suite(.timeLimit(.minutes(3))) struct ExampleAppTests {
        /// What Fixtures/ota_app_api.txt lists, a kind and a name.
        private static func listed() throws -> [(kind: String, name: String)] {
            let list = Make.package.appending(path: "Tests/BoardTests/Fixtures/ota_app_api.txt")
            return try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
                .filter { !$0.hasPrefix("#") }
                .flatMap { line in
                    let words = line.split(separator: " ").map(String.init)
                    return words.dropFirst().map { (words[0], $0) }
                }
        }

        private static func source(_ app: String) throws -> String {
            let file = Make.package.appending(path: "Tests/BoardTests/Apps/\(app)/\(app).c")
            return try String(contentsOf: file, encoding: .utf8)
        }

        @Test func theyUseAllThatOTAAppsUse() throws {
            let source = try ["native", "simple", "advanced"].map(Self.source).joined()
            let listed = try Self.listed()
            #expect(listed.count > 150)
            for (kind, name) in listed {
                let pattern =
                    switch kind {
                    case "header":
                        "#include [\"<]\(NSRegularExpression.escapedPattern(for: name))[\">]"
                    case "field": "\\.\(name) = "
                    default: "\\b\(name)\\b"
                    }
                let isThere = source.range(of: pattern, options: .regularExpression) != nil
                #expect(isThere, "no app uses the \(kind) \(name)")
            }
        }

        @Test func aManifestIsAskedFirstAndAttemptsAreNoted() throws {
            let image = try AppImageRecipe(project: "app", version: "2.0.0", size: 40_000).image()
            let server = try OTAServer(image.bytes)
            let board = try VirtualBoard("advanced")
            let url = "\(server.url)/image \(server.url)/text/"
            let same = try board.run(["--url", url + "1.0.0"])
            #expect(same.console.contains("manifest: ESP_OK, status 200, 5 bytes"))
            #expect(same.console.contains("There is no other version"))
            let cut = try board.run(["--url", "\(server.url)/cut/9000 \(server.url)/text/2.0.0"])
            #expect(cut.console.contains("attempt 1 of 2.0.0"))
            #expect(cut.console.contains("Complete data was not received."))
            let it = try board.run(["--url", url + "2.0.0"])
            #expect(it.console.contains("attempt 2 of 2.0.0"))
            #expect(it.console.contains("the update to 2.0.0 is done"))
            #expect(try board.report().suffix(2) == ["app ota_0 2.0.0", "idle"])
        }

        @Test func progressIsWrittenAsItComes() throws {
            let image = try AppImageRecipe(project: "app", version: "2.0.0", size: 40_000).image()
            let server = try OTAServer(image.bytes)
            let it = try VirtualBoard("simple").run([
                "--url", server.url + "/image", "--log-level", "debug",
            ])
            #expect(it.console.contains("simple_ota_example: Bind interface name is lo"))
            #expect(it.console.contains(#/D \(\d+\) simple_ota_example: receiving( \d+)+/#))
        }

        @Test func theNativeAppWaitsForAnAddressAndErasesWhatHasNoLengthFirst() throws {
            let image = try AppImageRecipe(project: "app", version: "2.0.0", size: 40_000).image()
            let server = try OTAServer(image.bytes)
            let it = try VirtualBoard("native").run([
                "--url", server.url + "/eof", "--log-level", "verbose", "--trace",
            ])
            #expect(it.status == 0)
            #expect(!it.console.contains("no address"))
            #expect(it.console.contains("native_ota_example: ota_1 at 0x210000"))
            let slot = UInt32(0x110000)..<0x210000
            let erased = it.errors.split(separator: "\n").filter { line in
                let address = line.split(separator: " ").last.map { $0.dropFirst(2) } ?? ""
                return line.hasPrefix("E ") && slot.contains(UInt32(address, radix: 16) ?? 0)
            }
            #expect(erased.count == 256)
        }
    }
}
