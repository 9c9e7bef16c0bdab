import FaultKit
import Testing

@testable import FaultServer

@Suite struct AnswerTests {
    private let bytes = Array("0123456789".utf8)

    @Test func saysWhatItServes() throws {
        let response = try OriginClient(bytes: self.bytes).ask("/firmware.bin")
        #expect(response.status == 200)
        #expect(response.reason == "OK")
        #expect(
            response.fields.list.map(\.name) == [
                "Server", "Date", "Content-Type", "Content-Length", "Last-Modified", "ETag",
                "Accept-Ranges",
            ])
        #expect(response.fields["Server"] == "faultserve")
        #expect(response.fields["Date"] == HTTPDate.text(OriginClient.now))
        #expect(response.fields["Content-Type"] == "application/octet-stream")
        #expect(response.fields["Content-Length"] == "10")
        #expect(response.fields["Last-Modified"] == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(response.fields["Accept-Ranges"] == "bytes")
        #expect(try response.body.rendered() == self.bytes)
    }

    @Test(arguments: ["/firmware.bin", "/", "/missing", "/.."])
    func answersHEADWithTheFieldsOfGET(target: String) throws {
        let client = try OriginClient(bytes: self.bytes)
        let (get, head) = (client.ask(target), client.ask(target, method: "HEAD"))
        #expect(head.status == get.status)
        #expect(head.fields == get.fields)
    }

    @Test func ignoresRangesInHEAD() throws {
        let client = try OriginClient(bytes: self.bytes)
        let response = client.ask("/firmware.bin", ["Range": "bytes=0-1"], method: "HEAD")
        #expect(response.status == 200)
        #expect(response.fields["Content-Length"] == "10")
        #expect(client.status("/firmware.bin", ["Range": "bytes=99-"], method: "HEAD") == 200)
    }

    @Test(arguments: [
        ("POST", 405), ("PUT", 405), ("DELETE", 405), ("PATCH", 405), ("TRACE", 405),
        ("CONNECT", 405), ("get", 501), ("Get", 501), ("BREW", 501), ("", 501), ("OPTIONS", 204),
    ])
    func allowsGETAndHEADAndOPTIONS(method: String, status: Int) throws {
        let response = try OriginClient(bytes: self.bytes).ask("/firmware.bin", method: method)
        #expect(response.status == status)
        #expect((response.fields["Allow"] == "GET, HEAD, OPTIONS") == (status != 501))
        #expect(response.fields["Date"] != nil)
    }

    @Test func answersOPTIONSWithoutABody() throws {
        let client = try OriginClient(bytes: self.bytes)
        let response = client.ask("*", method: "OPTIONS")
        #expect(response.status == 204)
        #expect(response.body.count == 0)
        // RFC 9110 §8.6
        #expect(response.fields["Content-Length"] == nil)
        #expect(client.status("/..", method: "OPTIONS") == 400)
        #expect(client.status("*") == 400)
        #expect(client.status("localhost:80", method: "CONNECT") == 405)
    }

    @Test(arguments: [
        ([], HTTPVersion.http1_1, 400), ([], .http1_0, 200), (["a"], .http1_0, 200),
        (["a"], .http1_1, 200), (["a", "a"], .http1_1, 400), (["a", "b"], .http1_0, 400),
        ([""], .http1_1, 200), (["[::1]:8070"], .http1_1, 200), (["192.168.2.106:"], .http1_1, 200),
        (["a b"], .http1_1, 400), (["a/b"], .http1_1, 400), (["a:b"], .http1_1, 400),
        (["a,b"], .http1_1, 200), (["u@a"], .http1_1, 400), (["[::1"], .http1_1, 400),
        (["[]"], .http1_1, 400), (["a:80:80"], .http1_1, 400), (["a\0"], .http1_1, 400),
        ([], HTTPVersion(major: 1, minor: 2), 400), ([], HTTPVersion(major: 2, minor: 0), 200),
    ])
    func wantsOneHost(hosts: [String], version: HTTPVersion, status: Int) throws {
        let fields = Fields(hosts.map { Field("host", $0) })
        let request = Request(target: "/firmware.bin", version: version, fields: fields)
        let client = try OriginClient(bytes: self.bytes)
        #expect(client.answer(request, at: AnswerDate(seconds: .max, text: "")).status == status)
    }

    @Test(arguments: [
        "/missing", "/firmware.bin/", "/a/b", "/%zz", "/..", "/a%2fb", "/.git", "*",
        "/" + String(repeating: "a", count: 9_000),
    ])
    func refusesWithOneSentence(target: String) throws {
        let response = try OriginClient(bytes: self.bytes).ask(target)
        #expect((400..<500).contains(response.status))
        let text = try response.body.string
        #expect(text.hasSuffix(".\n"))
        #expect(!text.dropLast().contains("\n"))
        #expect(response.fields["Content-Type"] == "text/plain; charset=utf-8")
        #expect(response.fields["Content-Length"] == String(text.utf8.count))
        #expect(response.fields["Connection"] == nil)
    }

    // MARK: Edits

    @Test func editsComeBeforeLengthTagAndRanges() throws {
        let client = try OriginClient(bytes: self.bytes)
        let honest = client.ask("/firmware.bin")
        let edit: (inout Image) -> Void = { $0.replace(2..<3, with: Array("abc".utf8)) }
        let whole = client.ask("/firmware.bin", edit: edit)
        #expect(try whole.body.string == "01abc3456789")
        #expect(whole.fields["Content-Length"] == "12")
        #expect(whole.fields["ETag"] != honest.fields["ETag"])
        let part = client.ask("/firmware.bin", ["Range": "bytes=3-,0-0"], edit: edit)
        #expect(part.fields["ETag"] == whole.fields["ETag"])
        let tail = client.ask("/firmware.bin", ["Range": "bytes=-9"], edit: edit)
        #expect(tail.fields["Content-Range"] == "bytes 3-11/12")
        #expect(try tail.body.string == "bc3456789")
        let other = client.ask("/firmware.bin", edit: { $0.replace(2..<3, with: [0]) })
        #expect(other.fields["ETag"] != whole.fields["ETag"])
        // An edited image is another than the honest one that the client has.
        let tag = try #require(honest.fields["ETag"])
        #expect(client.status("/firmware.bin", ["If-None-Match": tag]) == 304)
        #expect(client.ask("/firmware.bin", ["If-None-Match": tag], edit: edit).status == 200)
    }

    @Test func answersAnEditThatFailsWith500() throws {
        let client = try OriginClient(bytes: self.bytes)
        let response = client.ask("/firmware.bin") { _ in
            throw ImageError("firmware.bin is no ESP image; serve one.")
        }
        #expect(response.status == 500)
        #expect(try response.body.string == "firmware.bin is no ESP image; serve one.\n")
    }

    @Test func editsAnImageThatIsAskedForAndNothingElse() throws {
        let client = try OriginClient(bytes: self.bytes)
        var names: [String] = []
        for target in ["/", "/missing", "/..", "/firmware.bin"] {
            _ = client.ask(target) { names.append($0.name) }
        }
        #expect(names == ["firmware.bin"])
    }

    // MARK: Tags

    @Test func tagsTellImagesApart() throws {
        func tag(_ name: String, _ bytes: [UInt8]) throws -> String? {
            var content = Content()
            try content.offer(Image(name: name, bytes: bytes), modified: 0)
            return OriginClient(content).ask("/firmware.bin").fields["ETag"]
        }
        let tags = try [
            tag("a", [1]), tag("b", [1]), tag("a", [2]), tag("a", [1, 0]), tag("a", []),
            tag("a", [UInt8](repeating: 0, count: 100_000)),
            tag("a", [UInt8](repeating: 0, count: 99_999) + [1]),
        ]
        #expect(Set(tags).count == tags.count)
        #expect(try tag("a", [1]) == tags[0])
        for case let tag? in tags {
            var reader = FieldReader(tag)
            #expect(EntityTag(&reader)?.isWeak == false)
            #expect(reader.isAtEnd)
        }
    }

    @Test func typesAreToldByExtension() {
        let types = [
            "a.bin": "application/octet-stream", "a.BIN": "application/octet-stream",
            "a": "application/octet-stream", "a.": "application/octet-stream",
            "a.unknown": "application/octet-stream", ".html": "text/html; charset=utf-8",
            "a.HTML": "text/html; charset=utf-8", "a.tar.gz": "application/gzip",
            "a.json": "application/json", "a.map": "text/plain; charset=utf-8",
            "ca_cert.pem": "application/x-pem-file", "a.svg": "image/svg+xml",
        ]
        for (name, type) in types { #expect(MediaType.of(name) == type, "\(name)") }
    }
}
