import Foundation
import Testing

/// `faultserve image sign`, `verify` and `keygen`: what they print, write and refuse.
@Suite struct SignatureCommandTests {
    private let folder: Folder

    init() throws {
        self.folder = try Folder()
        try self.image("make", "--size", "65600", "-o", self.folder.file("a.bin"))
        try self.image("keygen", "--scheme", "ecdsa256", "-o", self.folder.file("k.pem"))
    }

    @discardableResult
    private func image(_ words: String...) throws -> Finished {
        try run(binary, ["image"] + words)
    }

    private func sign(_ from: String, _ to: String, key: String = "k.pem", _ more: String...) throws
    {
        let words = ["image", "sign", self.folder.file(from), "--key", self.folder.file(key)]
        let done = try run(binary, words + ["-o", self.folder.file(to)] + more)
        #expect(done.status == 0, "\(done.errors)")
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self.folder.path).sorted()
    }

    @Test func signsWhatItVerifies() throws {
        try self.sign("a.bin", "s.bin")
        #expect(try self.folder.bytes("s.bin").count == 17 * 4096 + 4096)
        let digest = try #require(
            try self.image("keygen", "--scheme", "ecdsa256", "-o", self.folder.file("o.pem")).output
                .firstMatch(of: #/ecdsa256, key ([0-9a-f]{64})\n/#)?.1)
        let contained = try self.image("verify", self.folder.file("s.bin"))
        #expect(contained.status == 0)
        let line =
            #/block 0: ecdsa256, key [0-9a-f]{64}, CRC right, digest right, signature right\n/#
        #expect(try line.prefixMatch(in: contained.output) != nil, "\(contained.output)")
        #expect(contained.output.contains("s.bin: valid"))
        #expect(!contained.output.contains(digest))

        let verify = ["image", "verify", self.folder.file("s.bin")]
        let known = try run(binary, verify + ["--key", self.folder.file("k.pem")])
        #expect(known.status == 0 && known.output.contains("valid: block 0 verified\n"))
        let unknown = try run(binary, verify + ["--key", self.folder.file("o.pem")])
        #expect(unknown.status == 1 && unknown.output.contains("key not given"))
        #expect(unknown.output.contains("not valid: no block is signed with a given key"))
        let both =
            verify + ["--key", self.folder.file("o.pem"), "--key", self.folder.file("k.pem")]
        #expect(try run(binary, both).status == 0)
    }

    @Test func verifiesWithAPublicKey() throws {
        try self.sign("a.bin", "s.bin")
        try run(
            "openssl",
            [
                "pkey", "-in", self.folder.file("k.pem"), "-pubout", "-out",
                self.folder.file("p.pem"),
            ])
        let done = try self.image(
            "verify", self.folder.file("s.bin"), "--key", self.folder.file("p.pem"))
        #expect(done.status == 0, "\(done.errors)")
        let refused = try self.image(
            "sign", self.folder.file("a.bin"), "--key", self.folder.file("p.pem"), "-o",
            self.folder.file("n.bin"))
        #expect(refused.status == 65 && refused.errors.contains("can only verify"))
    }

    @Test func makesAnRSAKeyByDefault() throws {
        let done = try self.image("keygen", "-o", self.folder.file("r.pem"))
        #expect(done.output.contains(#/r\.pem: rsa3072, key [0-9a-f]{64}\n/#))
        try self.sign("a.bin", "s.bin", key: "r.pem")
        #expect(try self.image("verify", self.folder.file("s.bin")).output.contains("rsa3072"))
    }

    @Test func addsOrReplacesSignatures() throws {
        try self.image("keygen", "--scheme", "ecdsa256", "-o", self.folder.file("o.pem"))
        try self.sign("a.bin", "1.bin")
        try self.sign("1.bin", "2.bin", key: "o.pem", "--append")
        try self.sign("2.bin", "3.bin", "--append")
        try self.sign("3.bin", "4.bin", key: "o.pem")
        func blocks(_ name: String) throws -> Int {
            try self.image("verify", self.folder.file(name)).output
                .matches(of: #/block \d: .* signature right/#).count
        }
        #expect(try ["1.bin", "2.bin", "3.bin", "4.bin"].map(blocks) == [1, 2, 3, 1])
        let full = try self.image(
            "sign", self.folder.file("3.bin"), "--key", self.folder.file("k.pem"), "--append", "-o",
            self.folder.file("5.bin"))
        #expect(full.status == 65 && full.errors.contains("3 signatures already"))
    }

    @Test func tellsWhatIsWrongInText() throws {
        try self.sign("a.bin", "s.bin")
        var bytes = try self.folder.bytes("s.bin")
        bytes[100] ^= 1
        try self.folder.write(bytes, to: "d.bin")
        let damaged = try self.image("verify", self.folder.file("d.bin"))
        #expect(damaged.status == 1)
        #expect(damaged.output.contains("CRC right, digest wrong, signature wrong"))
        #expect(damaged.output.contains("d.bin: not valid: block 0 refused"))
        let none = try self.image("verify", self.folder.file("a.bin"))
        #expect(none.status == 65 && none.errors.contains("has no signature"))
        #expect(try self.image("verify", self.folder.file("none")).status == 66)
    }

    @Test func tellsWhatIsWrongInJSON() throws {
        try self.sign("a.bin", "s.bin")
        var bytes = try self.folder.bytes("s.bin")
        bytes[17 * 4096 + 1196] ^= 1
        try self.folder.write(bytes, to: "d.bin")
        let done = try self.image("verify", "--json", self.folder.file("d.bin"))
        #expect(done.status == 1)
        let object = try JSONSerialization.jsonObject(with: Data(done.output.utf8))
        let report = try #require(object as? [String: Any])
        #expect(report["valid"] as? Bool == false)
        let block = try #require((report["blocks"] as? [[String: Any]])?.first)
        #expect(block["crc"] as? String == "wrong")
        #expect(block["digest"] as? String == "right")
        #expect(block["signature"] as? String == "right")
        #expect((block["key_digest"] as? String)?.count == 64)
    }

    @Test func keepsKeysForTheirOwner() throws {
        let mode = try run(
            "stat", ["-c", "%a", self.folder.file("k.pem"), self.folder.file("a.bin")])
        let mask = try run("sh", ["-c", "umask"]).output
        #expect(mode.output == (mask.hasSuffix("022\n") ? "600\n644\n" : mode.output))
        #expect(mode.output.hasPrefix("600\n"))
    }

    @Test func neverWritesOverItsInput() throws {
        let before = try self.folder.bytes("a.bin")
        let link = self.folder.file("link.bin")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: self.folder.file("a.bin"))
        for target in [self.folder.file("a.bin"), link, self.folder.path + "/./a.bin"] {
            let done = try self.image(
                "sign", self.folder.file("a.bin"), "--key", self.folder.file("k.pem"), "--force",
                "-o", target)
            #expect(done.status == 64 && done.errors.contains("the file that is read"), "\(target)")
        }
        #expect(try self.folder.bytes("a.bin") == before)
    }

    @Test func neverWritesOverItsKey() throws {
        let (app, key) = (self.folder.file("a.bin"), self.folder.file("k.pem"))
        let before = try self.folder.bytes("k.pem")
        let signed = self.folder.file("signed.bin")
        #expect(try self.image("sign", app, "--key", key, "-o", signed).status == 0)
        for words in [["sign", app], ["edit", signed, "--set", "app.version=3"]] {
            let done = try run(
                binary, ["image"] + words + ["--key", key, "--force", "-o", key])
            #expect(done.status == 64 && done.errors.contains("its key"), "\(done.errors)")
        }
        #expect(try self.folder.bytes("k.pem") == before)
    }

    @Test func replacesAFileOnlyWithForce() throws {
        let old = Data("old".utf8)
        try self.folder.write(old, to: "s.bin")
        let words = [
            "image", "sign", self.folder.file("a.bin"), "--key", self.folder.file("k.pem"), "-o",
            self.folder.file("s.bin"),
        ]
        let refused = try run(binary, words)
        #expect(refused.status == 64 && refused.errors.contains("--force"))
        #expect(try self.folder.bytes("s.bin") == old)
        #expect(try run(binary, words + ["--force"]).status == 0)
        #expect(try self.folder.bytes("s.bin") != old)
        let key = try self.folder.bytes("k.pem")
        #expect(try self.image("keygen", "-o", self.folder.file("k.pem")).status == 64)
        #expect(try self.folder.bytes("k.pem") == key)
        let device = try self.image("make", "--force", "-o", "/dev/null")
        #expect(device.status == 64 && device.errors.contains("is no file"))
    }

    @Test func aWriteThatFailsLeavesNothingBehind() throws {
        let old = Data("old".utf8)
        try self.folder.write(old, to: "s.bin")
        let before = try self.names()
        // No file may become larger than 16 blocks of 512 bytes: the disk is full, so to speak.
        let limited = ["-c", "trap '' XFSZ; ulimit -f 16; exec \"$@\"", "sh", binary]
        let done = try run(
            "sh",
            limited + [
                "image", "make", "--size", "65600", "--force", "-o", self.folder.file("s.bin"),
            ])
        #expect(done.status == 69, "\(done.errors)")
        #expect(try self.folder.bytes("s.bin") == old)
        #expect(try self.names() == before)
        #expect(try self.image("make", "-o", self.folder.file("no/s.bin")).status == 69)
    }

    @Test func refusesInputsThatAreNoFilesOrTooLarge() throws {
        let folder = try self.image("verify", self.folder.path)
        #expect(folder.status == 66 && folder.errors.contains("cannot read"))
        try run("truncate", ["-s", "65M", self.folder.file("large")])
        let large = try self.image("verify", self.folder.file("large"))
        #expect(large.status == 65 && large.errors.contains("64 MiB"))
        let key = try self.image(
            "sign", self.folder.file("a.bin"), "--key", self.folder.file("a.bin"), "-o",
            self.folder.file("s.bin"))
        #expect(key.status == 65 && key.errors.contains("no private key in PEM form"))
    }
}
