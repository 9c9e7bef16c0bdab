import FaultKit
import NIOCore
import Testing

@Suite struct FieldsTests {
    @Test func findsAFieldInAnyCase() {
        let fields: Fields = ["Content-Length": "5", "X-A": "1", "x-a": "2"]
        #expect(fields["content-LENGTH"] == "5")
        #expect(fields["X-a"] == "1")
        #expect(fields.all("x-A") == ["1", "2"])
        #expect(fields["none"] == nil)
    }

    @Test func settingReplacesAllOfANameInTheFirstOnesPlace() {
        var fields: Fields = ["A": "1", "B": "2", "a": "3", "C": "4"]
        fields["b"] = "5"
        #expect(
            fields.list == [Field("A", "1"), Field("b", "5"), Field("a", "3"), Field("C", "4")])
        fields["a"] = "6"
        #expect(fields.list == [Field("a", "6"), Field("b", "5"), Field("C", "4")])
        fields["B"] = nil
        fields["none"] = nil
        fields["New"] = "7"
        #expect(fields.list == [Field("a", "6"), Field("C", "4"), Field("New", "7")])
    }

    @Test func addingKeepsDuplicates() {
        var fields = Fields()
        fields.add("Set-Cookie", "a")
        fields.add("Set-Cookie", "b")
        #expect(fields.all("set-cookie") == ["a", "b"])
    }

    @Test func onlyAsciiLettersHaveCase() {
        #expect("ETag".equalsIgnoringCase("etAG"))
        #expect(!"K".equalsIgnoringCase("\u{212A}"))
        #expect(!"[".equalsIgnoringCase("{"))
    }

    @Test func aRequestKnowsItsPathAndRange() {
        let request = Request(target: "/a/b?x=1?2", fields: ["range": "bytes=0-1"])
        #expect(request.path == "/a/b")
        #expect(request.hasRange)
        #expect(!Request(target: "*").hasRange)
        #expect(HTTPVersion.http1_0 < .http1_1)
        #expect(HTTPVersion.http1_1.description == "HTTP/1.1")
    }

    @Test func aBodyCountsAllItsParts() {
        let image = Image(name: "f", bytes: [1, 2, 3, 4])
        let body = Body([.bytes(ByteBuffer(string: "ab")), .image(image, 1..<4)])
        #expect(body.count == 5)
        #expect(Body.text("grün").count == 5)
    }
}
