import FirmwareImage
import Foundation
import Testing

/// `faultserve image make`, `inspect` and `edit`.
@Suite struct ImageCommandTests {
    private let folder: Folder
    private let app: String

    init() throws {
        self.folder = try Folder()
        self.app = self.folder.file("app.bin")
        let made = try run(binary, ["image", "make", "--size", "69712", "-o", self.app])
        try #require(made.status == 0, "\(made.errors)")
    }

    private func image(_ words: String...) throws -> Finished { try run(binary, ["image"] + words) }

    private func inspect(_ file: String) throws -> [String: Any] {
        let done = try self.image("inspect", "--json", file)
        return try JSONSerialization.jsonObject(with: Data(done.output.utf8)) as? [String: Any]
            ?? [:]
    }

    @Test func inspectSaysThatAnImageIsValid() throws {
        let done = try self.image("inspect", self.app)
        #expect(done.status == 0)
        let lines = done.output.split(separator: "\n").map(String.init)
        #expect(lines.first == "\(self.app): 69712 bytes")
        #expect(
            lines.last == "valid: faultserve-demo 2.0.0 for esp32, secure version 0, 69712 bytes")
        #expect(lines.contains("  header.chip_id              esp32"))
        #expect(lines.filter { $0.hasPrefix("  ok  ") }.count == 10)
        #expect(!done.output.contains("\u{1B}"))
    }

    @Test func inspectPointsToTheFirstBrokenThing() throws {
        var bytes = [UInt8](try self.folder.bytes("app.bin"))
        bytes[5_000] ^= 4
        try self.folder.write(Data(bytes), to: "broken.bin")
        let done = try self.image("inspect", self.folder.file("broken.bin"))
        #expect(done.status == 1)
        let checksum = bytes[69_679]
        let hex = { (byte: UInt8) in "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        #expect(
            done.output.hasSuffix(
                "not valid: at offset 69679 (0x1102f): the checksum: expected \(hex(checksum ^ 4)), "
                    + "found \(hex(checksum))\n"), "\(done.output)")
        let report = try self.inspect(self.folder.file("broken.bin"))
        #expect(report["valid"] as? Bool == false)
        let flaw = report["flaw"] as? [String: Any]
        #expect(flaw?["offset"] as? Int == 69_679)
        #expect(flaw?["expected"] as? String == hex(checksum ^ 4))
        #expect(flaw?["found"] as? String == hex(checksum))
    }

    @Test(arguments: [
        ("", 0, "24 bytes"), ("<html>", 0, "0xe9"), ("\u{1F}\u{8B}", 0, "0xe9"),
    ])
    func inspectSaysWhatIsNoImage(content: String, offset: Int, expected: String) throws {
        try self.folder.write(Data(content.utf8), to: "other.bin")
        let report = try self.inspect(self.folder.file("other.bin"))
        let flaw = report["flaw"] as? [String: Any]
        #expect(flaw?["offset"] as? Int == offset)
        #expect(flaw?["expected"] as? String == expected)
    }

    @Test func inspectOfNothingIsSixtySix() throws {
        let done = try self.image("inspect", self.folder.file("none.bin"))
        #expect(done.status == 66)
        #expect(done.errors.contains("none.bin"))
    }

    @Test func editSetsFieldsAndSeals() throws {
        let out = self.folder.file("out.bin")
        let done = try self.image(
            "edit", self.app, "--set", "header.min_chip_rev_full=301", "--set", "app.version=2.0.1",
            "--reseal", "full", "-o", out)
        #expect(done.status == 0, "\(done.errors)")
        #expect(done.output == "\(out): valid\n")
        let info = try run(
            checkout + "/.build-tools/esptool/bin/esptool.py",
            ["--chip", "esp32", "image_info", "--version", "2", out])
        for line in [
            "App version: 2.0.1", "Minimal chip revision: v3.1, (legacy min_rev = 0)", "(valid)",
        ] {
            #expect(info.output.contains(line), "\(info)")
        }
        #expect(!info.output.contains("invalid"), "\(info)")
    }

    @Test(arguments: [("none", "checksum"), ("checksum", "SHA-256"), ("full", "")])
    func editMakesRightWhatItIsToldTo(level: String, firstBroken: String) throws {
        let out = self.folder.file("out.bin")
        // One bit of the version: the checksum covers it.
        let done = try self.image(
            "edit", self.app, "--set", "app.version=2.0.1", "--reseal", level, "-o", out)
        #expect(done.status == 0, "\(done.errors)")
        let checks = try self.inspect(out)["checks"] as? [[String: Any]] ?? []
        let failed = checks.first { $0["result"] as? String == "failed" }?["name"] as? String
        #expect(failed == (firstBroken.isEmpty ? nil : firstBroken))
    }

    @Test func editNeverWritesOverItsInput() throws {
        let before = try self.folder.bytes("app.bin")
        for force in [[], ["--force"]] {
            let done = try run(
                binary,
                ["image", "edit", self.app, "--set", "app.version=3", "-o", self.app] + force)
            #expect(done.status == 64)
            #expect(done.errors.contains("is the file that is read"), "\(done.errors)")
        }
        #expect(try self.folder.bytes("app.bin") == before)
    }

    @Test func overwritingNeedsForce() throws {
        let out = self.folder.file("out.bin")
        let words = ["image", "edit", self.app, "--set", "app.version=3", "-o", out]
        #expect(try run(binary, words).status == 0)
        let again = try run(binary, words)
        #expect(again.status == 64)
        #expect(again.errors.contains("--force"))
        #expect(try run(binary, words + ["--force"]).status == 0)
    }

    @Test(arguments: [
        ("header.chip=1", "no field 'header.chip'"),
        ("app.version=" + String(repeating: "1", count: 32), "at most 31"),
        ("header.spi_size=16", "0 to 15"), ("nothing", "--set"),
        ("version=3", "did you mean 'app.version'?"),
    ])
    func editSaysWhatIsNoSetting(setting: String, word: String) throws {
        let done = try self.image(
            "edit", self.app, "--set", setting, "-o", self.folder.file("out.bin"))
        #expect(done.status == 64)
        #expect(done.errors.contains(word), "\(done.errors)")
        #expect(!FileManager.default.fileExists(atPath: self.folder.file("out.bin")))
    }

    @Test func editRefusesWhatIsNoImage() throws {
        try self.folder.write(Data("<html>".utf8), to: "page.bin")
        let done = try self.image(
            "edit", self.folder.file("page.bin"), "--set", "app.version=3", "-o",
            self.folder.file("out.bin"))
        #expect(done.status == 65)
        #expect(done.errors.contains("page.bin") && done.errors.contains("the magic byte"))
    }

    @Test func anAppWithoutADirectiveHasNoFieldsOfOne() throws {
        let app = self.folder.file("plain.bin")
        // With another magic word there is no directive, and what stands there is the app's own.
        #expect(
            try self.image("edit", self.app, "--set", "directive.magic=1", "-o", app).status == 0)
        let fields = try self.inspect(app)["fields"] as? [String: Any] ?? [:]
        #expect(fields["app.version"] != nil)
        #expect(!fields.keys.contains { $0.hasPrefix("directive.") }, "\(fields)")
        let done = try self.image(
            "edit", app, "--set", "directive.behaviour=crash", "-o", self.folder.file("out.bin"))
        #expect(done.status == 64)
        #expect(done.errors.contains("no field 'directive.behaviour'"), "\(done.errors)")
    }

    @Test func editHasNothingToSignAgainInAnUnsignedImage() throws {
        let (key, out) = (self.folder.file("k.pem"), self.folder.file("out.bin"))
        #expect(try self.image("keygen", "--scheme", "ecdsa256", "-o", key).status == 0)
        let done = try self.image(
            "edit", self.app, "--set", "app.version=3", "--key", key, "-o", out)
        #expect(done.status == 65)
        #expect(done.errors.contains("is not signed"), "\(done.errors)")
        #expect(!FileManager.default.fileExists(atPath: out))
    }

    @Test(arguments: ["-", ""])
    func whatIsNoFileIsNotWritten(name: String) throws {
        let done = try self.image("make", "-o", name)
        #expect(done.status == 64)
        #expect(done.errors.contains("is no file to write"), "\(done.errors)")
    }

    @Test func makeSpeaksOfChipsByTheirNames() throws {
        let help = try self.image("make", "--help").output
        #expect(help.contains("default esp32."), "\(help)")
        #expect(help.contains("esp32h21") && !help.contains("values: 0,"), "\(help)")
        let done = try self.image("make", "--chip", "esp32x", "-o", self.folder.file("out.bin"))
        #expect(done.status == 64)
        #expect(done.errors.contains("esp32c61"), "\(done.errors)")
        #expect(!done.errors.contains("- 20"), "\(done.errors)")
    }

    @Test func editSignsASignedImageAgain() throws {
        let (key, signed) = (self.folder.file("k.pem"), self.folder.file("signed.bin"))
        #expect(try self.image("keygen", "--scheme", "ecdsa256", "-o", key).status == 0)
        #expect(try self.image("sign", self.app, "--key", key, "-o", signed).status == 0)
        for (name, more, status) in [("stale", [], Int32(1)), ("fresh", ["--key", key], 0)] {
            // Without its digest the image is shorter, and the signature stays in its place.
            let out = self.folder.file("\(name).bin")
            let edited = try run(
                binary,
                ["image", "edit", signed, "--set", "header.hash_appended=0", "-o", out] + more)
            #expect(edited.status == 0, "\(edited.errors)")
            #expect(try self.image("verify", out, "--key", key).status == status)
            #expect(try self.folder.bytes("\(name).bin").count == 69_632 + 8_192)
            let checks = try self.inspect(out)["checks"] as? [[String: Any]] ?? []
            let signature = checks.first { $0["name"] as? String == "signature" }
            #expect(signature?["result"] as? String == (status == 0 ? "passed" : "failed"))
        }
    }

    @Test func makeSetsAnyField() throws {
        let out = self.folder.file("made.bin")
        let done = try self.image(
            "make", "--chip", "esp32c6", "--segments", "16", "--set", "directive.behaviour=crash",
            "--set", "directive.delay_ms=1500", "--set", "header.spi_size=4", "-o", out)
        #expect(done.status == 0, "\(done.errors)")
        let report = try self.inspect(out)
        #expect(report["valid"] as? Bool == true)
        let fields = report["fields"] as? [String: String]
        #expect(fields?["header.chip_id"] == "esp32c6")
        #expect(fields?["header.segment_count"] == "16")
        #expect(fields?["header.spi_size"] == "4")
        #expect(fields?["directive.behaviour"] == "crash")
        #expect(fields?["directive.delay_ms"] == "1500")
        #expect((report["segments"] as? [Any])?.count == 16)
    }

    @Test func makeSaysWhatAFieldHasMadeOfTheImage() throws {
        let out = self.folder.file("odd.bin")
        let done = try self.image("make", "--set", "header.magic=0", "-o", out)
        #expect(done.status == 0)
        #expect(
            done.output.hasPrefix("\(out): not valid: at offset 0 (0x0): the magic byte"),
            "\(done.output)")
    }
}
