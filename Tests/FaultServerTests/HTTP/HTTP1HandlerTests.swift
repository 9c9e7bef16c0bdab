import FaultKit
import NIOCore
import NIOEmbedded
import Testing

@testable import FaultServer

@Suite struct HTTP1HandlerTests {
    private let small = Image(name: "firmware.bin", bytes: Array("0123456789".utf8))

    private func answer(_ request: String, _ rules: String...) throws -> String {
        let bench =
            try rules.first.map { try EngineBench($0, image: self.small) }
            ?? EngineBench(image: self.small)
        try bench.connect()
        try bench.send(request)
        return try bench.text()
    }

    private let honest = """
        HTTP/1.1 200 OK\r
        Server: faultserve\r
        Date: Fri, 15 Jan 2027 08:00:00 GMT\r
        Content-Type: application/octet-stream\r
        Content-Length: 10\r
        Last-Modified: Tue, 14 Nov 2023 22:13:20 GMT\r
        ETag: "a-eb80299aef3f67a8"\r
        Accept-Ranges: bytes\r
        \r

        """

    @Test func answersGetWithHeadAndBody() throws {
        let text = try self.answer("GET /firmware.bin HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(text == self.honest + "0123456789")
    }

    @Test(arguments: [nil, "truncate at=50%", "throttle rate=1B/s"])
    func answersHeadWithTheHeadOfGetWhateverTapsTheBody(rule: String?) throws {
        let request = "HEAD /firmware.bin HTTP/1.1\r\nHost: a\r\n\r\n"
        let text = try rule.map { try self.answer(request, $0) } ?? self.answer(request)
        #expect(text == self.honest)
    }

    @Test func answersOneRange() throws {
        let text = try self.answer(
            "GET /firmware.bin HTTP/1.1\r\nHost: a\r\nRange: bytes=3-5\r\n\r\n")
        #expect(text.hasPrefix("HTTP/1.1 206 Partial Content\r\n"))
        #expect(text.contains("\r\nContent-Range: bytes 3-5/10\r\n"))
        #expect(text.hasSuffix("\r\n\r\n345"))
    }

    @Test func aTapOnTheBodySeesThePlacesOfTheImageInSeveralRanges() throws {
        let text = try self.answer(
            "GET /firmware.bin HTTP/1.1\r\nHost: a\r\nRange: bytes=0-2,6-8\r\n\r\n",
            "flip at=7 mask=0x01")
        #expect(text.contains("bytes 0-2/10\r\n\r\n012\r\n--"))
        #expect(text.contains("bytes 6-8/10\r\n\r\n668\r\n--"))
        #expect(text.hasSuffix("--\r\n"))
    }

    @Test func answersPipelinedRequestsInTheirOrder() throws {
        let bench = try EngineBench(
            "throttle rate=10B/s quantum=2 when.request=1", image: self.small)
        try bench.connect()
        try bench.send(
            "GET /firmware.bin HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try !bench.text().contains("404"))
        bench.advance(.milliseconds(999))
        #expect(try bench.text() == "01234567")
        bench.advance(.milliseconds(1))
        #expect(try bench.text().hasPrefix("89HTTP/1.1 404 Not Found\r\n"))
    }

    @Test func thousandsOfPipelinedRequestsAreNoDeeperThanOne() throws {
        let bench = try EngineBench("delay by=1s when.request=1", image: self.small)
        try bench.connect()
        let next = String(repeating: "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n", count: 4_000)
        try bench.send("GET /firmware.bin HTTP/1.1\r\nHost: a\r\n\r\n" + next)
        _ = try bench.text()
        bench.advance(.seconds(1))
        let answers = try bench.text().split(separator: "HTTP/1.1 404").count - 1
        #expect(answers == 4_000)
    }

    @Test(arguments: [
        ("nonsense\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", "417"),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123456789", "413"),
        ("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 300))\r\n\r\n", "431"),
    ])
    func refusesAndEnds(request: String, status: String) throws {
        var limits = Limits()
        limits.bodySize = 8
        limits.headSize = 256
        let bench = try EngineBench(image: self.small, limits: limits)
        try bench.connect()
        try bench.send(request)
        let text = try bench.text()
        #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)")
        #expect(text.contains("\r\nConnection: close\r\n"))
        #expect(bench.connection.ending?.how == .clean)
    }

    @Test func aClientMayTakeItsTimeBetweenRequestsAgainAfterEach() throws {
        let bench = try EngineBench(image: self.small)
        try bench.connect()
        for _ in 0..<5 {
            bench.advance(.seconds(74))
            try bench.send("GET /firmware.bin HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try bench.text().hasSuffix("0123456789"))
        }
        bench.advance(.seconds(74))
        #expect(bench.connection.ending == nil)
        bench.advance(.seconds(1))
        #expect(bench.connection.ending?.how == .clean)
    }

    @Test func halfAHeadHasTheHeadsTimeHoweverLongAClientMayIdle() throws {
        let bench = try EngineBench(image: self.small)
        try bench.connect()
        bench.advance(.seconds(1))
        try bench.send("GET / HT")
        bench.advance(.milliseconds(14_999))
        #expect(bench.connection.ending == nil)
        bench.advance(.milliseconds(1))
        #expect(bench.connection.ending != nil)
        #expect(bench.names().contains("limit"))
    }

    @Test func aScheduleThatTakesLongMeetsNoLimit() throws {
        let bench = try EngineBench("stall at=0 for=1h", image: self.small)
        try bench.connect()
        try bench.send("GET /firmware.bin HTTP/1.1\r\nHost: a\r\n\r\n")
        bench.advance(.minutes(59))
        #expect(try bench.text() == self.honest)
        bench.advance(.minutes(1))
        #expect(try bench.text() == "0123456789")
    }
}
