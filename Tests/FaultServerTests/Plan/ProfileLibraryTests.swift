import FaultServer
import Foundation
import Testing

struct ProfileLibraryTests {
    /// Two folders; both have a profile `twice`.
    private final class Shelf {
        let root = FileManager.default.temporaryDirectory
            .appendingPathComponent("faultserve-\(UUID().uuidString)")

        init() throws {
            for (folder, name) in [("a", "twice"), ("a", "stall"), ("b", "twice"), ("b", "only")] {
                try self.write("\(folder)/\(name).yaml", Self.text(name, story: "In \(folder)."))
            }
            try self.write("a/notes.txt", "no profile")
            try self.write("a/.hidden.yaml", "no profile")
        }

        deinit { try? FileManager.default.removeItem(at: self.root) }

        static func text(_ name: String, story: String) -> String {
            "name: \(name)\nstory: \(story)\nrules: []\n"
        }

        func path(_ name: String) -> String { self.root.appendingPathComponent(name).path }

        func write(_ name: String, _ text: String) throws {
            let file = self.root.appendingPathComponent(name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }

        var library: ProfileLibrary {
            ProfileLibrary(
                directories: [self.path("none"), self.path("a"), self.path("b")],
                catalogue: Sample.catalogue)
        }
    }

    @Test func theFirstFolderCounts() throws {
        let shelf = try Shelf()
        #expect(shelf.library.names == ["only", "stall", "twice"])
        #expect(try shelf.library.resolve("twice").story == "In a.")
        #expect(try shelf.library.resolve("only").story == "In b.")
        #expect(try shelf.library.all().map(\.story) == ["In b.", "In a.", "In a."])
    }

    @Test func aPathNeedsNoFolder() throws {
        let shelf = try Shelf()
        let path = shelf.path("b/twice.yaml")
        let profile = try ProfileLibrary(directories: [], catalogue: Sample.catalogue).resolve(path)
        #expect(profile.story == "In b." && profile.file == path)
    }

    @Test func suggestsTheNearestName() throws {
        let shelf = try Shelf()
        let error = try #require(throws: ServerError.self) { try shelf.library.resolve("stal") }
        #expect(error.status == .noInput)
        #expect(error.description.hasPrefix("no profile 'stal' in "))
        #expect(error.description.hasSuffix("; did you mean 'stall'?"))
    }

    @Test func saysWhyAFileCannotBeRead() throws {
        let shelf = try Shelf()
        let missing = try #require(throws: ServerError.self) {
            try shelf.library.resolve(shelf.path("x.yaml"))
        }
        #expect(missing.description.hasSuffix("x.yaml: No such file or directory"))
        let folder = try #require(throws: ServerError.self) {
            try shelf.library.resolve(shelf.path("a/"))
        }
        #expect(folder.description.hasSuffix("Is a directory"))
        let endless = try #require(throws: ServerError.self) {
            try shelf.library.resolve("/dev/zero")
        }
        #expect(endless.status == .data)
    }

    @Test func tellsTheProblemsOfAllProfiles() throws {
        let shelf = try Shelf()
        try shelf.write("a/bad.yaml", Shelf.text("wrong", story: "Bad."))
        let latin = shelf.root.appendingPathComponent("b/latin.yaml")
        try Data([0x6E, 0xE9]).write(to: latin)
        let error = try #require(throws: ProfileError.self) { try shelf.library.all() }
        #expect(
            error.problems.map { $0.file.split(separator: "/").last } == ["bad.yaml", "latin.yaml"])
    }
}

struct OTAPathTests {
    @Test func hasEveryIdOnce() {
        #expect(Set(OTAPath.all.map(\.id)).count == OTAPath.all.count)
        #expect(OTAPath.all.count == 245)
        #expect(OTAPath["x509-not-yet-valid"]?.stage == .tls)
        #expect(OTAPath["body-stall"]?.summary.contains("silence") == true)
        #expect(OTAPath["id"] == nil)
    }

    @Test func saysEachInOnePhrase() {
        for path in OTAPath.all {
            #expect(path.summary.count > 10 && path.summary.count <= 90, "\(path.id)")
            #expect(!path.summary.hasSuffix("."), "\(path.id)")
        }
        #expect(Set(OTAPath.all.map(\.stage)) == Set(Stage.allCases))
    }
}
