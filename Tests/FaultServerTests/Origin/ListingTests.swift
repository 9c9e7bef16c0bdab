import FaultKit
import Foundation
import Testing

@testable import FaultServer

@Suite struct ListingTests {
    /// Names that need care, in the order of a listing.
    private static let names = ["\"q\" <b>&amp;.bin", "a:b.bin", "tab\t\u{1}.bin", "ü 100%.bin"]

    private func folder() throws -> ServedFolder {
        let folder = try ServedFolder()
        for name in Self.names {
            try folder.write("root/" + name, name)
            try folder.date("root/" + name, 784_111_777)
        }
        try folder.makeFolder("root/z <dir>")
        try folder.write("root/.hidden", "")
        try folder.link("root/out.bin", to: "../secret.txt")
        try #require(mkfifo(folder.root + "/pipe", 0o644) == 0)
        return folder
    }

    @Test(.timeLimit(.minutes(5))) func pythonReadsTheJSON() throws {
        let response = try OriginClient(self.folder()).ask("/?format=json")
        #expect(response.fields["Content-Type"] == "application/json")
        let script = """
            import json, sys
            listing = json.load(sys.stdin.buffer)
            print(sorted(listing), listing["path"])
            for entry in listing["entries"]:
                if entry["type"] == "directory": entry["modified"] = "-"
                print(ascii(list(entry.values())))
            """
        #expect(
            try Python.run(script, response.body.rendered()) == """
                ['entries', 'path'] /
                ['z <dir>', 'directory', None, '-']
                ['"q" <b>&amp;.bin', 'file', 16, '1994-11-06T08:49:37Z']
                ['a:b.bin', 'file', 7, '1994-11-06T08:49:37Z']
                ['tab\\t\\x01.bin', 'file', 9, '1994-11-06T08:49:37Z']
                ['\\xfc 100%.bin', 'file', 11, '1994-11-06T08:49:37Z']

                """)
    }

    /// Python's own reader of HTML follows each link as a browser would; each leads to its file.
    @Test(.timeLimit(.minutes(5))) func theLinksOfTheHTMLLeadToTheFiles() throws {
        let client = try OriginClient(self.folder())
        let page = client.ask("/")
        #expect(page.fields["Content-Type"] == "text/html; charset=utf-8")
        let script = """
            import html.parser, sys, urllib.parse
            class Reader(html.parser.HTMLParser):
                open = []
                def handle_starttag(self, tag, attributes):
                    if tag != "meta": self.open.append(tag)
                    if tag == "a":
                        link = urllib.parse.urljoin("https://h/", dict(attributes)["href"])
                        print(urllib.parse.urlsplit(link).path)
                def handle_endtag(self, tag): assert self.open.pop() == tag, tag
            reader = Reader()
            reader.feed(sys.stdin.buffer.read().decode())
            assert reader.open == [], reader.open
            """
        let links = try Python.run(script, page.body.rendered()).split(separator: "\n")
        try #require(links.count == 1 + Self.names.count)
        #expect(links[0] == "/z%20%3Cdir%3E/")
        #expect(client.status(String(links[0])) == 200)
        for (link, name) in zip(links.dropFirst(), Self.names) {
            #expect(try client.ask(String(link)).body.string == name)
        }
        #expect(try page.body.string.contains("<td>1994-11-06 08:49:37</td>"))
    }

    @Test func namesThatAreNoTextAreListedAndServed() throws {
        let folder = try ServedFolder()
        let path = Array("\(folder.root)/".utf8) + [0xFF, 0x22, 0xC3]
        _ = try Descriptor(opening: path, O_CREAT | O_WRONLY)
        let client = try OriginClient(folder)
        #expect(try client.ask("/").body.string.contains("href=\"%FF%22%C3\""))
        let json = try client.ask("/?format=json").body.string
        #expect(json.contains("\"name\":\"\u{FFFD}\\\"\u{FFFD}\""))
    }

    @Test func aFolderIsLeftByItsParentAndTheTopIsNot() throws {
        let client = try OriginClient(self.folder())
        #expect(try !client.ask("/").body.string.contains("href=\"../\""))
        let page = try client.ask("/z%20%3Cdir%3E/").body.string
        #expect(page.contains("href=\"../\""))
        #expect(page.contains("<title>Files in /z &lt;dir&gt;/</title>"))
        #expect(try client.ask("/z%20%3Cdir%3E/?format=json").body.string.contains("\"/z <dir>/\""))
    }

    @Test(arguments: [
        ("/sub", "/sub/"), ("/sub?format=json", "/sub/?format=json"), ("//sub", "/sub/"),
        ("https://evil.example/sub", "/sub/"), ("/a%20b", "/a%20b/"),
    ])
    func aFolderWithoutItsSlashIsRedirected(target: String, location: String) throws {
        let folder = try ServedFolder()
        try folder.makeFolder("root/sub")
        try folder.makeFolder("root/a b")
        let response = try OriginClient(folder).ask(target)
        #expect(response.status == 301)
        #expect(response.fields["Location"] == location)
        #expect(try response.body.string.hasPrefix("This is a folder"))
    }

    @Test(arguments: [
        ("/", "", false), ("/", "*/*", false), ("/", "text/html", false),
        ("/", "application/json", true), ("/", "Application/JSON", true),
        ("/", "application/json, text/plain, */*", true), ("/", "application/*", true),
        ("/", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false),
        ("/", "text/html, application/json", false),
        ("/", "text/html;q=0.9, application/json", true),
        ("/", "application/json;q=0.5, text/html;q=0.51", false),
        ("/", "application/json;q=0.5, */*;q=0.1", true), ("/", "application/json;q=0", false),
        ("/", "application/json;q=0, text/html;q=0", false),
        ("/", "application/json;q=0, */*", false), ("/", "text/html;q=0, */*", true),
        ("/", "application/json ; charset=utf-8 ; q=1.000", true),
        ("/", "application/json;q=2", false), ("/", "json", false),
        ("/", ",,application/json,", true),
        ("/?format=json", "text/html", true), ("/?format=html", "application/json", false),
        ("/?a=b&format=json", "", true), ("/?format", "application/json", false),
    ])
    func isJSONWhereThatIsPreferred(target: String, accept: String, isJSON: Bool) throws {
        let response = try OriginClient(bytes: []).ask(target, ["Accept": accept])
        #expect((response.fields["Content-Type"] == "application/json") == isJSON)
        #expect(response.fields["Cache-Control"] == "no-store")
        #expect(response.fields["Content-Length"] == String(response.body.count))
    }

    @Test func imagesAreListedWhereThereIsNoFolder() throws {
        let client = try OriginClient(bytes: [1, 2, 3])
        #expect(
            try client.ask("/?format=json").body.string == """
                {"path":"/","entries":[{"name":"firmware.bin","type":"file","size":3,\
                "modified":"1994-11-06T08:49:37Z"}]}

                """)
        #expect(client.status("/sub/") == 404)
    }

    @Test(.timeLimit(.minutes(5))) func atMostTenThousandNamesAreListed() throws {
        let folder = try ServedFolder()
        for index in 0..<Listing.limit { try folder.write("root/\(index)", "") }
        let client = try OriginClient(folder)
        let full = try client.ask("/?format=json").body.string
        #expect(full.split(separator: "\"name\"").count == Listing.limit + 1)
        #expect(!full.contains("truncated"))
        #expect(try !client.ask("/").body.string.contains("there are more"))
        try folder.write("root/more", "")
        let cut = try client.ask("/?format=json").body.string
        #expect(cut.split(separator: "\"name\"").count == Listing.limit + 1)
        #expect(cut.hasSuffix("],\"truncated\":true}\n"))
        #expect(try client.ask("/").body.string.contains("there are more"))
    }
}
