import FaultKit
import NIOCore
import Testing

@testable import FaultServer

@Suite struct BodyReaderTests {
    @Test(arguments: [1, 2, 3, 7, 100])
    func readsPartsInPiecesThatJoinToTheWhole(limit: Int) throws {
        let image = Image(name: "x", bytes: Array(0..<20))
        let body = Body([
            .bytes(ByteBuffer(string: "ab")), .image(image, 3..<9), .image(image, 5..<5),
            .bytes(ByteBuffer()), .image(image, 0..<2),
        ])
        var reader = BodyReader(body)
        var joined = ByteBuffer()
        reading: while true {
            switch reader.next(upTo: limit) {
            case .bytes(let bytes):
                joined.writeImmutableBuffer(bytes)
            case .image(let image, let range):
                #expect(range.count <= limit && !range.isEmpty)
                #expect(try joined.write(range, of: image, waiting: true))
            case .end:
                break reading
            }
        }
        #expect(Array(joined.readableBytesView) == [0x61, 0x62, 3, 4, 5, 6, 7, 8, 0, 1])
        #expect(joined.readableBytes == body.count)
    }

    @Test func appendsNothingWhenADiskWouldHaveToBeWaitedFor() throws {
        struct Slow: ByteSource {
            let fingerprint: UInt64 = 0
            let count = 10
            func read(
                into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
            ) throws -> Bool { waiting }
        }
        var buffer = ByteBuffer(string: "head")
        #expect(try !buffer.write(0..<10, of: Image(name: "x", source: Slow()), waiting: false))
        #expect(buffer == ByteBuffer(string: "head"))
        #expect(try buffer.write(0..<10, of: Image(name: "x", source: Slow()), waiting: true))
        #expect(buffer.readableBytes == 14)
    }
}
