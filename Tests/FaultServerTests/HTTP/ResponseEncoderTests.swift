import FaultKit
import NIOCore
import Testing

@testable import FaultServer

@Suite struct ResponseEncoderTests {
    private func encoded(_ response: Response) -> [UInt8] {
        var buffer = ByteBuffer()
        ResponseEncoder.encode(response, into: &buffer)
        return Array(buffer.readableBytesView)
    }

    @Test func writesTheHeadAsItStands() {
        let response = Response(
            status: 200, reason: "OK", fields: ["Content-Length": "5", "X-Odd": ""])
        #expect(
            self.encoded(response)
                == Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Odd: \r\n\r\n".utf8))
    }

    @Test func repairsNothing() {
        let response = Response(
            version: HTTPVersion(major: 9, minor: 7), status: -1, reason: "",
            fields: Fields([Field("content-length", "a"), Field("Content-Length", "-5")]))
        #expect(
            self.encoded(response)
                == Array("HTTP/9.7 -1 \r\ncontent-length: a\r\nContent-Length: -5\r\n\r\n".utf8))
    }

    @Test func writesOneByteForEachScalar() {
        let response = Response(status: 200, reason: "\u{0}\u{80}\u{FF}")
        #expect(self.encoded(response)[13..<16] == [0x00, 0x80, 0xFF])
    }
}
