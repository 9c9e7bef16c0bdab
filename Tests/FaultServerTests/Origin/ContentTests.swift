import FaultKit
import Testing

@testable import FaultServer

@Suite struct ContentTests {
    @Test func offersAFileUnderTwoNames() throws {
        let folder = try ServedFolder()
        try folder.write("app-1.2.bin", "one")
        var content = Content()
        try content.offer(file: folder.base + "/app-1.2.bin")
        let client = OriginClient(content)
        let (short, own) = (client.ask("/firmware.bin"), client.ask("/app-1.2.bin"))
        #expect(try short.body.string == "one")
        #expect(short.fields == own.fields)
        #expect(client.status("/secret.txt") == 404)
        #expect(client.status("/app-1.2.bin/") == 404)
    }

    @Test func opensAFileForEachRequest() throws {
        let folder = try ServedFolder()
        try folder.write("app.bin", "one")
        var content = Content()
        try content.offer(file: folder.base + "/app.bin")
        let client = OriginClient(content)
        let first = client.ask("/firmware.bin")
        try folder.remove("app.bin")
        let gone = client.ask("/firmware.bin")
        #expect(gone.status == 404)
        #expect(try gone.body.string == "app.bin is gone from the server's disk; build it again.\n")
        #expect(try !client.ask("/").body.string.contains("firmware.bin"))
        try folder.write("app.bin", "second")
        let second = client.ask("/firmware.bin")
        #expect(try second.body.string == "second")
        #expect(second.fields["ETag"] != first.fields["ETag"])
        #expect(try first.body.string == "one")
    }

    @Test func saysWhyAFileCannotBeOffered() throws {
        let folder = try ServedFolder()
        try folder.write("ca_key.pem", "")
        func reason(_ path: String) -> String {
            var content = Content()
            let path = folder.base + "/" + path
            let error = #expect(throws: ContentError.self) { try content.offer(file: path) }
            #expect(content.images.isEmpty)
            return error?.description ?? ""
        }
        #expect(reason("none.bin").contains("none.bin cannot be opened: No such file"))
        #expect(reason("root").contains("root is no regular file"))
        #expect(reason("root/").contains("root is no regular file"))
        #expect(reason("ca_key.pem").contains("private key"))
    }

    @Test func theFirstImageIsTheFirmware() throws {
        var content = Content()
        try content.offer(Image(name: "a.bin", bytes: [1]), modified: 0)
        try content.offer(Image(name: "b.bin", bytes: [2]), modified: 0)
        let client = OriginClient(content)
        #expect(try client.ask("/firmware.bin").body.rendered() == [1])
        #expect(try client.ask("/b.bin").body.rendered() == [2])
    }

    @Test func anImageHidesTheFileOfItsNameAtTheTop() throws {
        let folder = try ServedFolder()
        try folder.write("root/firmware.bin", "file")
        try folder.makeFolder("root/sub")
        try folder.write("root/sub/firmware.bin", "file")
        var content = Content(root: try Root(folder.root))
        try content.offer(Image(name: "a.bin", bytes: Array("image".utf8)), modified: 0)
        let client = OriginClient(content)
        #expect(try client.ask("/firmware.bin").body.string == "image")
        #expect(try client.ask("/sub/firmware.bin").body.string == "file")
        let listing = try client.ask("/?format=json").body.string
        #expect(listing.split(separator: "\"firmware.bin\"").count == 2)
        #expect(listing.contains("\"name\":\"firmware.bin\",\"type\":\"file\",\"size\":5"))
        #expect(listing.contains("\"a.bin\""))
        let sub = try client.ask("/sub/?format=json").body.string
        #expect(!sub.contains("\"a.bin\"") && sub.contains("\"size\":4"))
    }
}
