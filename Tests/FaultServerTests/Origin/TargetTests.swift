import Testing

@testable import FaultServer

@Suite struct TargetTests {
    struct Read: Sendable {
        let text: String
        let segments: [String]
        var isFolder = false
        var query: String?
    }

    @Test(arguments: [
        Read(text: "/", segments: [], isFolder: true),
        Read(text: "/firmware.bin", segments: ["firmware.bin"]),
        Read(text: "/a/b/", segments: ["a", "b"], isFolder: true),
        Read(text: "/a?x=1&y", segments: ["a"], query: "x=1&y"),
        Read(text: "/a?", segments: ["a"], query: ""),
        Read(text: "/a?b?c/..", segments: ["a"], query: "b?c/.."),
        Read(text: "/?q", segments: [], isFolder: true, query: "q"),
        // Empty and dot segments
        Read(text: "//", segments: [], isFolder: true),
        Read(text: "//a///b", segments: ["a", "b"]),
        Read(text: "/./a/./b", segments: ["a", "b"]),
        Read(text: "/a/.", segments: ["a"], isFolder: true),
        Read(text: "/a/%2e", segments: ["a"], isFolder: true),
        Read(text: "/%2E/a", segments: ["a"]),
        Read(text: "/...", segments: ["..."]),
        Read(text: "/..a/a..", segments: ["..a", "a.."]),
        // Decoded once and only once
        Read(text: "/%41%62%7e", segments: ["Ab~"]),
        Read(text: "/%2541", segments: ["%41"]),
        Read(text: "/%252e%252e/x", segments: ["%2e%2e", "x"]),
        Read(text: "/%252f", segments: ["%2f"]),
        Read(text: "/a%3Fb%23c", segments: ["a?b#c"]),
        Read(text: "/a+b", segments: ["a+b"]),
        Read(text: "/f%C3%BCr", segments: ["für"]),
        Read(text: "/%20%0A", segments: [" \n"]),
        // A backslash is a letter.
        Read(text: "/..\\..\\a", segments: ["..\\..\\a"]),
        Read(text: "/%5c", segments: ["\\"]),
        // Absolute form (RFC 9112 §3.2.2)
        Read(
            text: "http://www.example.org/pub/WWW/TheProject.html",
            segments: ["pub", "WWW", "TheProject.html"]),
        Read(text: "HTTPS://localhost:8070", segments: [], isFolder: true),
        Read(text: "https://[::1]:8070/a/?q=1", segments: ["a"], isFolder: true, query: "q=1"),
        Read(text: "https://192.168.2.106?q", segments: [], isFolder: true, query: "q"),
        Read(text: "https://h/http://x/", segments: ["http:", "x"], isFolder: true),
    ])
    func reads(_ read: Read) throws {
        let target = try Target(read.text)
        #expect(target.segments.map { String(decoding: $0, as: UTF8.self) } == read.segments)
        #expect(target.isFolder == read.isFolder)
        #expect(target.query == read.query)
    }

    @Test(arguments: [
        ("", 400), ("*", 400), ("firmware.bin", 400), ("?x", 400), ("www.example.com:80", 400),
        ("ftp://host/x", 400), ("https:/x", 400), ("https:///x", 400), ("https://:80/x", 400),
        ("https://user@host/x", 400), ("https://[::1/x", 400), ("https://a b/x", 400),
        // Escapes
        ("/%", 400), ("/%4", 400), ("/%zz", 400), ("/%4g", 400), ("/a%/b", 400), ("/%%41", 400),
        // Bytes that no URI has
        ("/a b", 400), ("/a\0b", 400), ("/a\r\nb", 400), ("/\u{7F}", 400), ("/\u{E9}", 400),
        ("/a%00b", 400), ("/%00", 400),
        // Ways up
        ("/..", 400), ("/../a", 400), ("/a/../b", 400), ("/a/..", 400), ("/a/../", 400),
        ("/%2e%2e/a", 400), ("/.%2e", 400), ("/%2E./a", 400), ("https://h/../x", 400),
        ("/%2f", 404), ("/..%2f..%2fetc", 404), ("/a%2Fb", 404), ("/%2e%2e%2fx", 404),
    ])
    func refuses(text: String, status: Int) {
        let refusal = #expect(throws: Refusal.self) { try Target(text) }
        #expect(refusal?.status == status)
    }

    @Test func overlongEncodingsAreBytesAndNoWayUp() throws {
        #expect(try Target("/%c0%ae%c0%ae").segments == [[0xC0, 0xAE, 0xC0, 0xAE]])
        #expect(try Target("/%c0%af").segments == [[0xC0, 0xAF]])
        #expect(try Target("/%ff%fe").segments == [[0xFF, 0xFE]])
    }

    @Test func isAtMostEightKibibytesLong() throws {
        let longest = "/" + String(repeating: "a", count: Target.limit - 1)
        #expect(try Target(longest).segments[0].count == Target.limit - 1)
        let refusal = #expect(throws: Refusal.self) { try Target(longest + "a") }
        #expect(refusal?.status == 414)
    }

    @Test(arguments: [
        ("/", "/"), ("//evil.example", "/evil.example"), ("/./a//b/", "/a/b/"),
        ("/a%3ab", "/a%3Ab"), ("/%5c%5cx", "/%5C%5Cx"), ("/%c0%af", "/%C0%AF"),
        ("/%41?q", "/A"),
    ])
    func writesItsPathInOneWay(text: String, path: String) throws {
        let target = try Target(text)
        #expect(target.path == path)
        #expect(try Target(target.path).segments == target.segments)
    }

    @Test func findsAParameterOfTheQuery() throws {
        let target = try Target("/?a=1&format=json&format=html&b&c==")
        #expect(target.parameter("format") == "json")
        #expect(target.parameter("b") == "")
        #expect(target.parameter("c") == "=")
        #expect(target.parameter("d") == nil)
        #expect(try Target("/").parameter("a") == nil)
    }
}
