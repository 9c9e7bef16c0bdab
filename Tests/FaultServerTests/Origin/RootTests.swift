import FaultKit
import Foundation
import Synchronization
import Testing

@testable import FaultServer

@Suite struct RootTests {
    private func folder() throws -> ServedFolder {
        let folder = try ServedFolder()
        try folder.write("root/app.bin", "inside")
        try folder.makeFolder("root/sub")
        try folder.write("root/sub/deep.txt", "deep")
        try folder.makeFolder("outside")
        try folder.write("outside/secret.bin", "outside")
        // A folder whose path begins like the root's.
        try folder.makeFolder("root-not")
        try folder.write("root-not/secret.bin", "outside")
        return folder
    }

    @Test func servesFiles() throws {
        let client = try OriginClient(self.folder())
        let response = client.ask("/app.bin")
        #expect(response.status == 200)
        #expect(try response.body.string == "inside")
        #expect(try client.ask("/sub/deep.txt").body.string == "deep")
        #expect(client.ask("/sub/deep.txt").fields["Content-Type"] == "text/plain; charset=utf-8")
        #expect(try client.ask("https://host//sub/./deep%2Etxt?x").body.string == "deep")
    }

    @Test(arguments: [
        // (target, status); none may lead to the file outside
        ("/../secret.txt", 400), ("/..", 400), ("/sub/../../secret.txt", 400),
        ("/%2e%2e/secret.txt", 400), ("/%2E%2E/secret.txt", 400), ("/.%2e/secret.txt", 400),
        ("/..%2fsecret.txt", 404), ("/%2e%2e%2fsecret.txt", 404), ("/sub%2f..%2f..", 404),
        ("/%252e%252e/secret.txt", 404), ("/%252e%252e%252fsecret.txt", 404),
        ("/..%5csecret.txt", 404), ("/..\\secret.txt", 404), ("/%c0%ae%c0%ae/secret.txt", 404),
        ("/..%c0%afsecret.txt", 404), ("/%e0%80%ae%e0%80%ae/secret.txt", 404),
        ("/app.bin%00", 400), ("/app.bin%00.txt", 400), ("/%00", 400), ("/app.bin\0", 400),
        ("/out.txt", 403), ("/far.txt", 403), ("/outside/secret.bin", 403), ("/outside/", 403),
        ("/outside", 403), ("/twin/secret.bin", 403), ("/proc/self/environ", 403),
        ("/zero", 403), ("/pipe", 403), ("/sub/pipe", 403),
        ("/loop", 404), ("/dangling", 404), ("/app.bin/", 404), ("/app.bin/x", 404),
        ("/missing", 404), ("/sub/missing", 404), ("/.hidden", 404), ("/sub/.git/config", 404),
        ("/" + String(repeating: "n", count: 300), 404),
        ("/" + String(repeating: "sub/", count: 1_500), 404),
    ])
    func refusesWhatIsNotInTheRoot(target: String, status: Int) throws {
        let folder = try self.folder()
        try folder.link("root/out.txt", to: "../secret.txt")
        try folder.link("root/far.txt", to: "out.txt")
        try folder.link("root/outside", to: "\(folder.base)/outside")
        try folder.link("root/twin", to: "../root-not")
        try folder.link("root/proc", to: "/proc")
        try folder.link("root/zero", to: "/dev/zero")
        try folder.link("root/loop", to: "loop")
        try folder.link("root/dangling", to: "nowhere")
        try folder.write("root/.hidden", "hidden")
        try folder.makeFolder("root/sub/.git")
        try folder.write("root/sub/.git/config", "hidden")
        try #require(mkfifo(folder.root + "/pipe", 0o644) == 0)
        try folder.link("root/sub/pipe", to: "../pipe")
        let response = try OriginClient(folder).ask(target)
        #expect(response.status == status)
        let text = try response.body.string
        #expect(!text.contains("outside") || target.contains("outside"))
        #expect(!text.contains(folder.base))
    }

    @Test func followsLinksThatStayInside() throws {
        let folder = try self.folder()
        try folder.link("root/near.bin", to: "app.bin")
        try folder.link("root/absolute.bin", to: "\(folder.root)/app.bin")
        try folder.link("root/sub/up.bin", to: "../../root/app.bin")
        try folder.link("root/folder", to: "sub")
        let client = try OriginClient(folder)
        for target in ["/near.bin", "/absolute.bin", "/sub/up.bin", "/folder/up.bin"] {
            #expect(try client.ask(target).body.string == "inside", "\(target)")
        }
        #expect(client.ask("/folder").fields["Location"] == "/folder/")
    }

    @Test func aRootMayBeALinkAndMayBeReplaced() throws {
        let folder = try self.folder()
        try folder.link("current", to: "root")
        let root = try Root(folder.base + "/current/")
        let client = OriginClient(Content(root: root))
        #expect(try client.ask("/app.bin").body.string == "inside")
        try folder.makeFolder("next")
        try folder.write("next/app.bin", "rebuilt")
        try folder.remove("current")
        let gone = client.ask("/app.bin")
        #expect(gone.status == 404)
        #expect(try gone.body.string.hasPrefix("The served folder is gone"))
        try folder.link("current", to: "next")
        #expect(try client.ask("/app.bin").body.string == "rebuilt")
    }

    @Test(.timeLimit(.minutes(5))) func devicesAreNotOpened() throws {
        let client = OriginClient(Content(root: try Root("/dev")))
        for target in ["/zero", "/null", "/full", "/tty"] {
            #expect(client.status(target) == 403, "\(target)")
        }
    }

    @Test(arguments: ["a b.bin", "ü.bin", "a%41.bin", "a?b#c.bin", "\u{1}\n.bin", "a..", "a\\b"])
    func servesAnyName(name: String) throws {
        let folder = try self.folder()
        try folder.write("root/" + name, "odd")
        let target = "/" + PercentEncoding.encoded(Array(name.utf8))
        #expect(try OriginClient(folder).ask(target).body.string == "odd")
    }

    @Test(arguments: [
        ("ca_key.pem", "no key"), ("server.key", "no key"),
        ("notes.txt", "-----BEGIN PRIVATE KEY-----\nMC4CAQA\n-----END PRIVATE KEY-----\n"),
        ("both.pem", "-----BEGIN CERTIFICATE-----\n-----BEGIN RSA PRIVATE KEY-----\n"),
    ])
    func neverServesAPrivateKey(name: String, content: String) throws {
        let folder = try self.folder()
        try folder.write("root/\(name)", content)
        try folder.link("root/innocent.txt", to: name)
        let client = try OriginClient(folder)
        for target in ["/\(name)", "/innocent.txt"] {
            for fields: Fields in [[:], ["Range": "bytes=0-3"], ["If-None-Match": "*"]] {
                let response = client.ask(target, fields)
                #expect(response.status == 403)
                #expect(try response.body.string.contains("private key"))
            }
        }
        let listing = try client.ask("/").body.string
        #expect(!listing.contains(name) && !listing.contains("innocent"))
        #expect(listing.contains("app.bin"))
    }

    @Test func aNewFileUnderANameIsAnotherContent() throws {
        let folder = try self.folder()
        let client = try OriginClient(folder)
        let tag = client.ask("/app.bin").fields["ETag"]
        #expect(client.ask("/app.bin").fields["ETag"] == tag)
        try folder.date("root/app.bin", 784_111_777)
        let response = client.ask("/app.bin")
        #expect(response.fields["ETag"] != tag)
        #expect(response.fields["Last-Modified"] == "Sun, 06 Nov 1994 08:49:37 GMT")
        try folder.write("root/app.bin", "inside, longer")
        try folder.date("root/app.bin", 784_111_777)
        #expect(client.ask("/app.bin").fields["ETag"] != response.fields["ETag"])
    }

    @Test func saysWhatTheSystemRefused() {
        #expect(Refusal.system(SystemError(code: EACCES), opening: "/a").status == 403)
        #expect(Refusal.system(SystemError(code: EMFILE), opening: "/a").status == 503)
        let refusal = Refusal.system(SystemError(code: EIO), opening: "/a")
        #expect(refusal.status == 500)
        #expect(refusal.sentence.contains("/a cannot be opened: Input/output error"))
    }

    @Test func aRootMustBeAFolder() throws {
        let folder = try self.folder()
        let missing = #expect(throws: ContentError.self) { try Root(folder.base + "/none") }
        #expect(missing?.description.contains("/none cannot be served: No such file") == true)
        let file = #expect(throws: ContentError.self) { try Root(folder.root + "/app.bin") }
        #expect(file?.description.contains("app.bin is no folder") == true)
    }

    /// While a name is swapped between inside and outside, nothing from outside is ever answered.
    @Test(.timeLimit(.minutes(5)), arguments: ["/swapped.bin", "/folder/secret.bin"])
    func noSwappedLinkLeaksAByte(target: String) throws {
        let folder = try self.folder()
        try folder.write("root/sub/secret.bin", "inside")
        let name = target == "/swapped.bin" ? "swapped.bin" : "folder"
        let targets =
            name == "folder" ? ["sub", "../outside"] : ["app.bin", "../outside/secret.bin"]
        try folder.link("root/" + name, to: targets[0])
        let client = try OriginClient(folder)
        let isOver = Atomic(false)
        let swaps = Atomic(0)
        let swapper = Thread { [base = folder.base] in
            while !isOver.load(ordering: .relaxed) {
                let turn = swaps.add(1, ordering: .relaxed).newValue
                symlink(targets[turn % 2], base + "/next")
                rename(base + "/next", base + "/root/" + name)
            }
        }
        swapper.start()
        defer { isOver.store(true, ordering: .relaxed) }
        var seen: [Int: Int] = [:]
        while seen.values.reduce(0, +) < 3_000 || seen.count < 2 {
            let response = client.ask(target)
            seen[response.status, default: 0] += 1
            if response.status == 200 {
                #expect(try response.body.string == "inside")
            }
        }
        #expect(Set(seen.keys).isSubset(of: [200, 403]))
    }
}
