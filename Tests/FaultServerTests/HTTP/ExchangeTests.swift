import FaultKit
import NIOCore
import NIOEmbedded
import Testing

@testable import FaultServer

/// How a body flows: in pieces, never more of them than the client takes.
@Suite struct ExchangeTests {
    private let get = "GET /firmware.bin HTTP/1.1\r\nHost: a\r\n\r\n"

    private static var image: [UInt8] { (0..<600_000).map { UInt8($0 % 251) } }

    /// Downloads through a socket that takes what waits only when asked.
    private func download(_ rules: String..., most: Int) throws -> [UInt8] {
        let bench = try rules.first.map { try EngineBench($0) } ?? EngineBench()
        let socket = FullSocket()
        try bench.connect(above: [socket])
        try bench.send(self.get)
        var all: [UInt8] = []
        while !socket.waiting.isEmpty {
            #expect(socket.bytes <= most)
            all += socket.drain()
            bench.channel.embeddedEventLoop.run()
        }
        return ByteBuffer(bytes: all).bodyOfResponse
    }

    @Test func anHonestBodyHasNoMoreThanOneBatchOnItsWay() throws {
        #expect(try self.download(most: BufferPool.batch) == Self.image)
    }

    @Test func aTappedBodyHasNoMoreOnItsWayThanAnHonestOne() throws {
        // And the head, which leaves by itself.
        let body = try self.download("flip at=70000 mask=0xff", most: BufferPool.batch + 512)
        var damaged = Self.image
        damaged[70_000] ^= 0xFF
        #expect(body == damaged)
    }

    @Test func nothingFollowsAResponseOfAnotherLengthThanItsBody() throws {
        let bench = try EngineBench("truncate at=1000 ending=clean")
        try bench.connect()
        try bench.send(self.get + self.get)
        #expect(try bench.taken().bodyOfResponse == Array(Self.image[..<1_000]))
        #expect(bench.connection.ending?.how == .clean)
        let responses = bench.events().compactMap { event -> Bool? in
            if case .response(_, _, _, let complete) = event.kind { complete } else { nil }
        }
        #expect(responses == [false])
    }

    @Test func goesOnAfterATappedBodyThatIsWhole() throws {
        let bench = try EngineBench("flip at=5 mask=0x01 when.request=1")
        try bench.connect()
        try bench.send(self.get)
        bench.channel.embeddedEventLoop.run()
        #expect(try bench.taken().bodyOfResponse.count == 600_000)
        try bench.send(self.get)
        bench.channel.embeddedEventLoop.run()
        #expect(try bench.taken().bodyOfResponse == Self.image)
    }

    @Test func aClientThatLeftGetsNothingMoreAndItsResponseIsNotComplete() throws {
        let bench = try EngineBench("throttle rate=100KB/s")
        try bench.connect()
        try bench.send(self.get)
        bench.advance(.seconds(1))
        bench.channel.pipeline.fireChannelInactive()
        _ = try bench.taken()
        bench.advance(.seconds(10))
        #expect(try bench.taken().readableBytes == 0)
        let events = bench.events()
        #expect(events.suffix(3).map(\.kind.name) == ["fault", "response", "closed"])
    }

    @Test func aTapAboveWhichNothingCanBeSentStopsTheReading() throws {
        let bench = try EngineBench("truncate on=http at=2KiB ending=hang")
        try bench.connect()
        try bench.send(self.get)
        #expect(try bench.taken().readableBytes == 2_048)
        bench.channel.pipeline.fireChannelInactive()
        let complete = bench.events().compactMap { event -> Bool? in
            if case .response(_, _, _, let complete) = event.kind { complete } else { nil }
        }
        #expect(complete == [false])
    }
}
