import FaultKit
import Testing

@testable import FaultServer

/// What is found wrong before the server listens.
@Suite struct RehearsalTests {
    private let watch = Hashing.Watch()
    private let small = [UInt8](repeating: 7, count: 100)
    private let big = [UInt8](repeating: 7, count: 2_000)

    private func rehearse(_ content: Content, _ rules: [Rule]) throws {
        try Rehearsal(Plan(profiles: [], rules: rules), of: content, into: Editions()).run()
    }

    /// A rule for images of 1000 bytes and more.
    private func picky(_ when: String? = nil) throws -> Rule {
        try .image(Hashing(self.watch, least: 1_000), when)
    }

    private func offering(_ bytes: [UInt8]) throws -> Content {
        var content = Content()
        try content.offer(Image(name: "app.bin", bytes: bytes), modified: 0)
        return content
    }

    private func failure(_ content: Content, _ rules: Rule...) throws -> String {
        let error = #expect(throws: ServerError.self) { try self.rehearse(content, rules) }
        #expect(error?.status == .data)
        return error?.description ?? ""
    }

    // MARK: Offered images

    @Test func anImageThatARuleCannotEditIsAnError() throws {
        let said = try self.failure(self.offering(self.small), self.picky("request=2"))
        #expect(
            said == "rule 'hashing when.request=2' cannot edit app.bin: it has 100 bytes; "
                + "offer one of 1000")
        #expect(self.watch.edited == ["app.bin"], "under two names it is one image")
    }

    @Test func onlyRulesThatMayStrikeAreTried() throws {
        let content = try self.offering(self.small)
        try self.rehearse(content, [self.picky("path=/other.bin")])
        #expect(self.watch.edited.isEmpty)
        #expect(try !self.failure(content, self.picky("path=/firmware.bin")).isEmpty)
        #expect(try !self.failure(content, self.picky("path=/a*.bin")).isEmpty)
    }

    @Test func eachRuleIsTriedAloneAndAllTogether() throws {
        let rules = try [
            Rule.image(Hashing(self.watch), "request=1"), .image(Hashing(self.watch), "request=2"),
        ]
        let content = try self.offering(self.small)
        let plan = Plan(profiles: [], rules: rules)
        let editions = Editions()
        try Rehearsal(plan, of: content, into: editions).run()
        #expect(self.watch.edited.count == 4)
        let image = try content.images["app.bin"]!.representation()
        for ids in [[0], [1], [0, 1]] {
            let matches = ids.map { Match(image: plan.rules[$0], seed: plan.seed) }
            #expect(editions.find(of: image, by: matches) != nil, "\(ids)")
        }
    }

    @Test func aRuleThatStrikesAlwaysIsThereWhenAnotherOneStrikes() throws {
        struct Enlarging: ImageFault {
            static let manual = Manual(name: "enlarging", summary: "adds", requirement: "None.")
            init(_ knobs: inout Knobs) throws {}
            init() {}
            func edit(_ image: inout Image, using dice: inout Dice) throws {
                image.replace(0..<0, with: Repeated(0xFF, count: 1_000))
            }
        }
        let content = try self.offering(self.small)
        try self.rehearse(content, [.image(Enlarging()), self.picky()])
        try self.rehearse(content, [.image(Enlarging(), "path=/*"), self.picky("request=2")])
        _ = try self.failure(content, .image(Enlarging(), "request=1"), self.picky())
    }

    @Test func otherRulesTouchNoImage() throws {
        let plan = try Plan.sample("truncate at=5", "status code=404")
        try Rehearsal(plan, of: self.offering(self.small), into: Editions()).run()
    }

    // MARK: Folders

    private func folder(_ files: KeyValuePairs<String, [UInt8]>) throws -> (ServedFolder, Content) {
        let folder = try ServedFolder()
        try folder.makeFolder("root/sub")
        for (name, bytes) in files { try folder.write("root/" + name, bytes) }
        return (folder, Content(root: try Root(folder.root)))
    }

    @Test func aFileThatAPathNamesMustBeEditable() throws {
        let (folder, content) = try self.folder([
            "app.img": self.small, "sub/app.bin": self.small, "good.bin": self.big,
        ])
        for path in ["/app.img", "/sub/app.bin"] {
            let said = try self.failure(content, self.picky("path=\(path)"))
            #expect(said.contains("cannot edit \(path.split(separator: "/").last!): it has 100"))
        }
        try self.rehearse(content, [self.picky("path=/good.bin")])
        try self.rehearse(content, [self.picky("path=/none.bin")])
        try self.rehearse(content, [self.picky("path=/sub")])
        _ = folder
    }

    @Test func oneFileThatCanBeEditedIsEnoughForOtherRules() throws {
        let (folder, content) = try self.folder([
            "good.bin": self.big, "ota_data_initial.bin": self.small, "a.txt": self.small,
        ])
        for when in [nil, "path=/*", "request=1"] {
            try self.rehearse(content, [self.picky(when)])
        }
        #expect(Set(self.watch.edited) == ["good.bin", "ota_data_initial.bin"])
        let said = try self.failure(content, self.picky("path=/o*"))
        #expect(
            said.hasSuffix("cannot edit ota_data_initial.bin: it has 100 bytes; offer one of 1000"))
        _ = folder
    }

    @Test func aFolderInWhichNoFileCanBeEditedIsAnError() throws {
        let (folder, content) = try self.folder(["a.bin": self.small, "b.bin": self.small])
        let said = try self.failure(content, .image(Hashing()), self.picky())
        #expect(said.contains("cannot edit a.bin: it has 108 bytes; offer one of 1000"))
        #expect(said.hasSuffix("; nor any other .bin file of the folder"))
        _ = folder
    }

    @Test func aFolderWithoutImagesIsFine() throws {
        let (folder, content) = try self.folder(["sub/app.bin": self.small, "a.txt": self.small])
        try self.rehearse(content, [self.picky(), self.picky("path=/sub/*")])
        #expect(self.watch.edited.isEmpty)
        _ = folder
    }

    @Test func whatIsNotServedIsNotTried() throws {
        let key = Array("-----BEGIN PRIVATE KEY-----\n".utf8)
        let (folder, content) = try self.folder(["key.bin": key, ".hidden.bin": self.small])
        try self.rehearse(content, [self.picky(), self.picky("path=/key.bin")])
        #expect(self.watch.edited.isEmpty)
        _ = folder
    }

    @Test func noMoreThanSixteenFilesAreTried() throws {
        let (folder, content) = try self.folder([:])
        for number in 10..<40 { try folder.write("root/\(number).bin", self.small) }
        try self.rehearse(content, [.image(Hashing(self.watch))])
        #expect(self.watch.edited == (10..<26).map { "\($0).bin" })
    }

    @Test func anOfferedImageHidesTheFileOfItsName() throws {
        let (folder, root) = try self.folder(["app.bin": self.small])
        var content = root
        try content.offer(Image(name: "app.bin", bytes: self.big), modified: 0)
        try self.rehearse(content, [self.picky(), self.picky("path=/app.bin")])
        _ = folder
    }

    @Test func theServerDoesNotStart() throws {
        let plan = Plan(profiles: [], rules: [try self.picky()])
        let content = try self.offering(self.small)
        #expect(throws: ServerError.self) {
            try Server(Configuration(plan: plan, content: content, identity: nil))
        }
    }
}
