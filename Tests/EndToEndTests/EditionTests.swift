import FirmwareImage
import Foundation
import Testing

/// Images are edited once: what everybody gets is the same, soon, and wrong images are found at the start.
@Suite struct EditionTests {
    /// Rules that edit images, some of which read all of them.
    static let rules = [
        "corrupt-image", "corrupt-image reseal=full", "wrong-chip", "mix-builds",
        "damage-sector how=swap", "compressed-image", "oversize size=17MiB", "random-bytes",
    ]

    private func fails(_ arguments: [String]) throws -> String {
        let folder = try Folder()
        let done = try run(
            binary, ["--port", "0"] + arguments, within: 60,
            environment: ["XDG_STATE_HOME": folder.path])
        #expect(done.status == 65)
        #expect(done.output.isEmpty, "\(done.output)")
        #expect(done.errors.split(separator: "\n").count == 1, "\(done.errors)")
        return done.errors
    }

    // MARK: The same for everybody

    @Test(arguments: rules)
    func rangesAndTheWholeAreOfTheSameImage(rule: String) throws {
        let server = try Faultserve(["--fault", rule])
        func get(_ arguments: String...) throws -> Data {
            let got = server.folder.file("got")
            let done = try server.curl(arguments + ["-f", "-o", got, server.url + "/firmware.bin"])
            try #require(done.status == 0, "\(done.errors)")
            return try server.folder.bytes("got")
        }
        let parts = try get("-r", "0-20000") + get("-r", "20001-")
        #expect(try get() == parts)
        #expect(parts != Data(AppImage.demo().bytes))
        let strikes = try server.journal().filter { $0.name == "fault" }
        #expect(strikes.map { $0.number("request") } == [1, 1, 1])
        #expect(Set(strikes.map { $0.text("detail") }).count == 1)
    }

    @Test func aNewBuildIsEditedAnew() throws {
        let folder = try Folder()
        let build = Data(AppImage.demo().bytes)
        try folder.write(build, to: "app.bin")
        let rule = "corrupt-image at=100 mask=0xff"
        let server = try Faultserve(["--image", folder.file("app.bin"), "--fault", rule])
        func get() throws -> (body: Data, tag: String?) {
            let download = try Download(server)
            let tag = download.head.split(separator: "\r\n").first { $0.hasPrefix("ETag") }
            return (download.body, tag.map(String.init))
        }
        let first = try get()
        var damaged = build
        damaged[100] ^= 0xFF
        #expect(first.body == damaged)
        var next = build
        next[5_000] ^= 1
        try folder.write(next, to: "app.bin")
        damaged[5_000] ^= 1
        let second = try get()
        #expect(second.body == damaged)
        #expect(second.tag != first.tag)
        // Too small for the rule by now: the request is told, not the whole server ended.
        try folder.write(next.prefix(50), to: "app.bin")
        let third = try Download(server)
        #expect(third.head.hasPrefix("HTTP/1.1 500 "))
        let said = String(decoding: third.body, as: UTF8.self)
        #expect(said.hasPrefix("rule '\(rule)' cannot edit app.bin: "), "\(said)")
        let failures = try server.journal().filter { $0.name == "failure" }
        #expect(failures.count == 1)
    }

    /// The demo image's security version is 0.
    @Test func aFaultThatWritesWhatIsThereHasNotStruck() throws {
        let honest = try Download(Faultserve([]))
        let server = try Faultserve(["--fault", "secure-version version=0"])
        let got = try Download(server)
        #expect(got.body == Data(AppImage.demo().bytes))
        func tag(_ download: Download) -> String? {
            download.head.split(separator: "\r\n").first { $0.hasPrefix("ETag") }.map(String.init)
        }
        #expect(tag(got) != nil)
        #expect(tag(got) == tag(honest))
        #expect(try server.journal().filter { $0.name == "fault" }.isEmpty)
    }

    // MARK: Wrong at the start

    @Test func anImageThatARuleCannotEditEndsTheStart() throws {
        let folder = try Folder()
        try folder.write(Data(repeating: 0xE9, count: 12), to: "tiny.bin")
        let rule = "corrupt-image when.request=3.."
        let said = try self.fails(["--image", folder.file("tiny.bin"), "--fault", rule])
        #expect(said.contains("rule '\(rule)' cannot edit tiny.bin: 'tiny.bin' has 12 bytes"))
        let other = "corrupt-image when.path=/other.bin"
        #expect(try Faultserve(["--image", folder.file("tiny.bin"), "--fault", other]).stop() == 0)
    }

    @Test func aFolderNeedsAnImageThatTheRulesCanEdit() throws {
        let folder = try Folder()
        try folder.write(Data(repeating: 0xFF, count: 12), to: "ota_data_initial.bin")
        let rule = ["--root", folder.path, "--fault"]
        #expect(try self.fails(rule + ["corrupt-image"]).contains("ota_data_initial.bin"))
        try folder.write(Data(AppImage.demo().bytes), to: "hello_world.bin")
        let named = "corrupt-image when.path=/ota_data_initial.bin"
        #expect(try self.fails(rule + [named]).contains(named))
        let server = try Faultserve(rule + ["corrupt-image"])
        func status(_ name: String) throws -> String {
            try server.curl(
                ["-o", "/dev/null", "-w", "%{http_code}", server.url + "/" + name]
            ).output
        }
        #expect(try status("hello_world.bin") == "200")
        #expect(try status("ota_data_initial.bin") == "500")
    }
}

/// How soon an edited image comes. They take the machine for themselves.
@Suite struct FirstByteTests {
    /// An edit of 16 MiB takes 80 ms and more, were it made for each request. Below the floor of 10 ms
    /// it is the machine's other work that decides which of two answers comes sooner.
    @Test(arguments: EditionTests.rules)
    func theFirstByteOfAFaultyImageComesAsSoonAsThatOfAnHonestOne(rule: String) throws {
        let folder = try Folder()
        let image = folder.file("app.bin")
        let made = try run(binary, ["image", "make", "--size", "16MiB", "-o", image])
        try #require(made.status == 0, "\(made.errors)")
        let honest = try Faultserve(["--image", image, "--quiet"])
        let faulty = try Faultserve(["--image", image, "--quiet", "--fault", rule])
        let script = checkout + "/Tests/EndToEndTests/Fixtures/firstbyte.py"
        let servers = [honest, faulty].map { "127.0.0.1:\($0.port)" }
        let done = try run("python3", [script, "15"] + servers, within: 60)
        let times = done.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        try #require(times.count == 2, "\(done.errors)")
        #expect(times[1] <= max(2 * times[0], 0.01), "\(times) s")
        #expect(try faulty.journal().filter { $0.name == "fault" }.count == 15)
    }
}
