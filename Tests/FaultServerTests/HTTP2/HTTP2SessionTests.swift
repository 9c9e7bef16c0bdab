import FaultKit
import NIOCore
import NIOEmbedded
import Testing

@testable import FaultServer

/// How an image's bytes get into DATA frames.
@Suite struct HTTP2SessionTests {
    /// Bytes that count from 0; the page cache has them or not.
    private struct Source: ByteSource {
        let count: Int
        let isCached: Bool
        let fingerprint: UInt64 = 1

        func read(
            into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
        ) throws -> Bool {
            guard waiting || self.isCached else { return false }
            for index in buffer.indices {
                buffer[index] = UInt8(truncatingIfNeeded: offset + index)
            }
            return true
        }
    }

    private let loop = EmbeddedEventLoop()
    private let session = HTTP2Session(limits: Limits())

    /// A request for `/` on stream 1, its response's head, and an image behind it.
    private func start(
        _ image: Image, _ range: Range<Int>, _ promise: EventLoopPromise<Void>? = nil
    ) {
        let hello: [UInt8] =
            Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
        // RFC 7541, appendix A: GET, http, /, and an authority.
        let request: [UInt8] = [0, 0, 6, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84, 0x41, 1, 0x61]
        _ = self.session.receive(ByteBuffer(bytes: hello + request))
        self.session.respond([Field(":status", "200")], on: 1)
        self.session.send(range, of: image, promise: promise ?? self.loop.makePromise(), on: 1)
    }

    /// The DATA frames of stream 1, each with its flags.
    private func drain(upTo limit: Int = 200_000) -> [(flags: UInt8, bytes: [UInt8])] {
        var output = ByteBuffer()
        for promise in self.session.drain(into: &output, upTo: limit) { promise.succeed() }
        var frames: [(UInt8, [UInt8])] = []
        while let header = output.readBytes(length: 9) {
            let count = header[..<3].reduce(0) { $0 << 8 | Int($1) }
            let payload = output.readBytes(length: count) ?? []
            if header[3] == 0 { frames.append((header[4], payload)) }
        }
        return frames
    }

    private func bytes(_ range: Range<Int>) -> [UInt8] {
        range.map { UInt8(truncatingIfNeeded: $0) }
    }

    @Test func bytesThatAreAtHandAreReadIntoTheirFrames() {
        self.start(Image(name: "fw", source: Source(count: 50_000, isCached: true)), 7..<40_007)
        self.session.end(.whole(trailers: Fields()), on: 1)
        // A buffer that is full takes no more, and the next one goes on there.
        let first = self.drain(upTo: 20_000)
        #expect(first.map(\.bytes.count) == [16_384, 16_384])
        let rest = self.drain()
        #expect(rest.map(\.flags) == [1])
        #expect((first + rest).flatMap(\.bytes) == self.bytes(7..<40_007))
    }

    @Test func bytesThatADiskHasAreAskedForOnceAndGoWhenTheyCome() throws {
        let image = Image(name: "fw", source: Source(count: 50_000, isCached: false))
        self.start(image, 7..<10_007)
        #expect(self.drain().isEmpty)
        let asked = self.session.takeEvents().compactMap {
            if case .unread(1, _, let range) = $0 { range } else { nil }
        }
        #expect(asked == [7..<10_007])
        self.session.send(10_007..<10_010, of: image, promise: self.loop.makePromise(), on: 1)
        #expect(self.drain().isEmpty)
        #expect(self.session.takeEvents().isEmpty)
        self.session.supply(.success(ByteBuffer(bytes: self.bytes(7..<10_007))), to: 1)
        #expect(self.drain().flatMap(\.bytes) == self.bytes(7..<10_007))
        self.session.supply(.success(ByteBuffer(string: "abc")), to: 1)
        #expect(self.drain().flatMap(\.bytes) == Array("abc".utf8))
    }

    /// END_STREAM was announced; whoever hears that the bytes cannot be read takes that back at once.
    @Test func bytesThatCannotBeReadAreNoWholeBody() {
        let promise = self.loop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenFailure { _ in
            self.session.end(.connection(.cut, isWhole: false), on: 1)
        }
        self.start(
            Image(name: "fw", source: Source(count: 50_000, isCached: false)), 0..<10, promise)
        self.session.end(.whole(trailers: Fields()), on: 1)
        #expect(self.drain().isEmpty)
        _ = self.session.takeEvents()
        self.session.supply(.failure(ImageError("it shrank")), to: 1)
        #expect(self.drain().isEmpty)
        let ends = self.session.takeEvents().compactMap {
            if case .connectionEnds(let ending) = $0 { ending } else { nil }
        }
        #expect(ends == [.cut])
    }
}
