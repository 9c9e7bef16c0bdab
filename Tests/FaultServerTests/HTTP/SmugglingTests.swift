import Testing

@testable import FaultServer

/// Requests that two servers could read in two ways are read in none (RFC 9112 §11.2).
@Suite struct SmugglingTests {
    @Test(arguments: [
        "Content-Length: 4\r\nTransfer-Encoding: chunked", "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: 4, 5", "Content-Length: +4", "Content-Length: -4", "Content-Length: 0x4",
        "Content-Length: 4 4", "Content-Length: ", "Content-Length: 99999999999999999999",
        "Content-Length : 4", "Transfer-Encoding : chunked", "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        " Content-Length: 4", "X: a\rContent-Length: 4", "X: a\0b", "No colon", ": empty",
    ])
    func ambiguitiesAreRefused(fields: String) throws {
        let bench = try EngineBench()
        try bench.connect()
        try bench.send(
            "POST / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        let text = try bench.text()
        #expect(text.hasPrefix("HTTP/1.1 400 "), "\(text)")
        #expect(
            !bench.events().contains {
                if case .request(_, "/smuggled", _, _) = $0.kind { true } else { false }
            })
    }

    @Test(arguments: [
        "3\r\nabcd\r\n0\r\n\r\n", "3 \r\nabc\r\n0\r\n\r\n", "g\r\nabc", "-1\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n", "11111111111111111\r\n",
    ])
    func chunksThatAreNoneAreRefused(body: String) throws {
        let bench = try EngineBench()
        try bench.connect()
        try bench.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)")
        #expect(try bench.text().hasPrefix("HTTP/1.1 400 "))
    }
}
