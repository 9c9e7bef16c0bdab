import FaultKit
import NIOCore
import NIOEmbedded
import Testing

@testable import FaultServer

@Suite struct StreamQueueTests {
    private let loop = EmbeddedEventLoop()
    private var queue = StreamQueue(head: [])

    private func describe(_ next: StreamQueue.Next) -> String {
        switch next {
        case .bytes(let count, let endsStream): "\(count)\(endsStream ? ", the last" : "")"
        case .image(let stretch, let count, let endsStream):
            "\(count) of \(stretch.range) of \(stretch.image.name)\(endsStream ? ", the last" : "")"
        case .end(.whole(let trailers)): "whole, \(trailers.list.count) trailers"
        case .end(.reset(let code)): "reset \(code.name)"
        case .end(.silence): "silence"
        case .end(.connection(let ending, let isWhole)): "connection \(ending) \(isWhole)"
        case .nothing: "nothing"
        }
    }

    private mutating func next(_ limit: Int = 100) -> String {
        var taken: [EventLoopPromise<Void>] = []
        defer { for promise in taken { promise.succeed() } }
        return self.describe(self.queue.next(upTo: limit, taken: &taken))
    }

    private mutating func write(_ count: Int) -> (String, taken: Int) {
        var (buffer, taken) = (ByteBuffer(), [EventLoopPromise<Void>]())
        self.queue.write(count, into: &buffer, taken: &taken)
        defer { for promise in taken { promise.succeed() } }
        return (String(buffer: buffer), taken.count)
    }

    private mutating func append(_ text: String) {
        self.queue.append(ByteBuffer(string: text), promise: self.loop.makePromise())
    }

    @Test mutating func piecesBecomeFrames() {
        #expect(self.next() == "nothing")
        self.append("abc")
        self.append("")
        self.append("defg")
        #expect(self.next() == "7")
        #expect(self.next(5) == "5")
        #expect(self.write(5) == ("abcde", 2))
        self.queue.append(.whole(trailers: Fields()))
        #expect(self.next(1) == "1")
        #expect(self.next() == "2, the last")
        #expect(self.write(2) == ("fg", 1))
        #expect(self.next() == "whole, 0 trailers")
    }

    /// END_STREAM stands behind the trailers, and none before RST_STREAM.
    @Test(arguments: [
        (StreamQueue.End.whole(trailers: ["x": "y"]), "3", "whole, 1 trailers"),
        (.reset(ErrorCode(8)), "3", "reset CANCEL"), (.silence, "3", "silence"),
        (.connection(.cut, isWhole: false), "3", "connection cut false"),
        (.connection(.clean, isWhole: true), "3, the last", "connection clean true"),
    ])
    mutating func endsFollowTheBytes(end: StreamQueue.End, bytes: String, last: String) {
        self.append("abc")
        self.queue.append(end)
        #expect(self.next() == bytes)
        #expect(self.write(3) == ("abc", 1))
        #expect(self.next() == last)
        self.queue.dropEnd()
        #expect(self.next() == "nothing")
    }

    @Test mutating func aHeadWithoutABodyStandsAlone() {
        self.queue.append(.whole(trailers: Fields()))
        #expect(self.queue.isHeadAlone && !self.queue.hasBytes)
        var other = StreamQueue(head: [])
        other.append(.whole(trailers: ["x": "y"]))
        #expect(!other.isHeadAlone)
        other.fail()
        #expect(other.sequel == nil)
    }

    /// An image's bytes are read elsewhere, in frames of their own.
    @Test mutating func anImageIsOfferedAsItIs() {
        let image = Image(name: "fw", bytes: Array(0..<50))
        self.append("abc")
        self.queue.append(10..<40, of: image, promise: self.loop.makePromise())
        self.queue.append(.whole(trailers: Fields()))
        #expect(self.next() == "3")
        #expect(self.write(3) == ("abc", 1))
        #expect(self.queue.hasBytes)
        #expect(self.next(20) == "20 of 10..<40 of fw")
        #expect(self.took(20) == 0)
        #expect(self.next() == "10 of 30..<40 of fw, the last")
        #expect(self.took(10) == 1)
        #expect(self.next() == "whole, 0 trailers")
    }

    /// How many promises are kept when so many bytes of an image were read into their place.
    private mutating func took(_ count: Int) -> Int {
        var (buffer, taken) = (ByteBuffer(repeating: 0, count: 64), [EventLoopPromise<Void>]())
        buffer.clear()
        self.queue.write(count, into: &buffer, taken: &taken)
        #expect(buffer.readableBytes == count)
        defer { for promise in taken { promise.succeed() } }
        return taken.count
    }

    @Test mutating func whatADiskAnswersComesInThePlaceOfTheImage() throws {
        let (image, promise) = (
            Image(name: "fw", bytes: Array(0..<50)), self.loop.makePromise(of: Void.self)
        )
        self.queue.append(0..<3, of: image, promise: self.loop.makePromise())
        self.queue.append(3..<50, of: image, promise: promise)
        #expect(self.queue.startReading()?.1 == 0..<3)
        #expect(self.queue.isReading)
        #expect(self.queue.supply(ByteBuffer(string: "abc")) == nil)
        #expect(!self.queue.isReading)
        #expect(self.write(3) == ("abc", 1))
        #expect(self.queue.supply(nil) == promise)
        #expect(self.next() == "nothing")
        promise.succeed()
    }

    /// What was to be the end is none if the bytes before it cannot be had.
    @Test mutating func oneEndTakesThePlaceOfAnother() {
        self.append("abc")
        self.queue.append(.whole(trailers: Fields()))
        #expect(self.next() == "3, the last")
        self.queue.append(.reset(ErrorCode(2)))
        #expect(self.next() == "3")
        #expect(self.write(3) == ("abc", 1))
        #expect(self.next() == "reset INTERNAL_ERROR")
    }

    /// A piece that nobody takes any more says so.
    @Test mutating func aStreamThatIsOverFailsWhatWaits() throws {
        let promise = self.loop.makePromise(of: Void.self)
        self.queue.append(ByteBuffer(string: "x"), promise: promise)
        self.queue.fail()
        #expect(throws: ChannelError.self) { try promise.futureResult.wait() }
    }
}
