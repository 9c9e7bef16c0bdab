import FaultKit
import Foundation
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import FaultServer

/// Broken requests of HTTP/1.1 and HTTP/2 by the thousand: no crash, no connection that stays, none that is leaked.
/// `scripts/fuzz-requests` runs millions of them under the address sanitizer.
@Suite struct RequestFuzzTests {
    private static let count = Int(ProcessInfo.processInfo.environment["FUZZ_COUNT"] ?? "") ?? 4_000
    private static let seed = UInt64(ProcessInfo.processInfo.environment["FUZZ_SEED"] ?? "") ?? 1

    private static let http1 = [
        "GET /firmware.bin HTTP/1.1\r\nHost: x\r\nRange: bytes=5-9\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD /firmware.bin HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\", W/\"b\"\r\nIf-Range: \"a\"\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nabcdGET / HTTP/1.0\r\n\r\n",
        "PUT /a%20b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n",
        "GET http://x:80/firmware.bin?a=b HTTP/1.1\r\nHost: x\r\nIf-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\nUpgrade: h2c\r\n\r\n",
    ].map { Array($0.utf8) }

    private static func frame(
        _ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8] = []
    ) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF), type, flags, 0, 0, 0, stream]
            + payload
    }

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    /// `GET`, `http`, a path and an authority (RFC 7541 Appendix A).
    private static let head: [UInt8] =
        [0x82, 0x86, 0x04, 13] + Array("/firmware.bin".utf8) + [0x41, 1] + Array("x".utf8)

    private static let http2: [[UInt8]] = [
        preface + frame(4, 0, 0, [0, 4, 0, 0, 0xFF, 0xFF]) + frame(4, 1, 0) + frame(1, 5, 1, head)
            + frame(8, 0, 0, [0, 1, 0, 0]) + frame(8, 0, 1, [0, 1, 0, 0])
            + frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]),
        preface + frame(4, 0, 0) + frame(1, 4, 1, [0x83] + head.dropFirst())
            + frame(0, 0, 1, Array("ab".utf8))
            + frame(0, 9, 1, [2, 0x61, 0, 0]) + frame(3, 0, 1, [0, 0, 0, 8]),
        preface + frame(4, 0, 0) + frame(1, 1, 1, head) + frame(9, 0, 1, [0x40, 1, 0x78, 1, 0x79])
            + frame(9, 4, 1, [0xBE]) + frame(1, 5, 3, head) + frame(1, 5, 5, head),
        preface + frame(4, 0, 0) + frame(2, 0, 3, [0, 0, 0, 0, 15])
            + frame(1, 0x2D, 7, [0, 0, 0, 0, 0, 9] + head)
            + frame(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
    ]

    /// What all inputs share: a loop whose time is turned, and a server without a socket.
    private final class Bench {
        let loop = EmbeddedEventLoop()
        let core: Core

        init() throws {
            var content = Content()
            let image = Image(name: "firmware.bin", bytes: (0..<300_000).map { UInt8($0 % 251) })
            try content.offer(image, modified: 1_700_000_000)
            self.core = Core(
                plan: Plan(profiles: []), journal: Journal([]), origin: Origin(content),
                editions: Editions(), limits: Limits(), offersHTTP2: true, contexts: nil,
                loops: [self.loop], disk: NIOThreadPool(numberOfThreads: 1),
                clock: { 1_800_000_000 }, population: Population(limit: 10, exitAfter: nil) {})
        }

        /// Plays an input, then leaves the server alone until its patience ends.
        /// - Returns: what it holds of the connection afterwards, which should be nothing, and whether it has ended.
        func play(_ bytes: [UInt8], cuts: [Int]) throws -> (leaked: Bool, ended: Bool) {
            let address = try SocketAddress(ipAddress: "192.0.2.7", port: 4_000)
            let channel = EmbeddedChannel(loop: self.loop)
            weak var held: Connection?
            do {
                let connection = Connection(
                    core: self.core, client: address,
                    encounter: self.core.ledger.accepted(client: address),
                    now: self.loop.now)
                held = connection
                let pipeline = channel.pipeline.syncOperations
                let wheel = self.core.resources(of: self.loop).wheel
                try pipeline.addHandlers([
                    LinkHandler(connection: connection, wheel: wheel),
                    PrefaceSniffer(connection: connection, wheel: wheel),
                    SessionHandler(connection: connection),
                ])
            }
            channel.connect(to: address, promise: nil)
            var start = 0
            for end in cuts + [bytes.count] where channel.isActive {
                try channel.writeInbound(ByteBuffer(bytes: bytes[start..<end]))
                self.take(channel)
                start = end
            }
            // Longer than any limit: what the client owes it never says.
            for _ in 0..<20 where channel.isActive {
                self.loop.advanceTime(by: .seconds(10))
                self.take(channel)
            }
            let hasEnded = !channel.isActive
            channel.close(promise: nil)
            self.loop.run()
            return (held != nil, hasEnded)
        }

        private func take(_ channel: EmbeddedChannel) {
            while (try? channel.readOutbound(as: ByteBuffer.self)) != nil {}
        }
    }

    @Test(.timeLimit(.minutes(60)), arguments: ["http1", "http2"])
    func brokenRequestsEndWell(kind: String) throws {
        let bench = try Bench()
        var mutator = RequestMutator(
            corpus: kind == "http1" ? Self.http1 : Self.http2 + Self.http1, seed: Self.seed)
        for number in 0..<Self.count {
            let bytes = mutator.next()
            let end = try bench.play(bytes, cuts: mutator.cuts(in: bytes.count))
            if end.leaked || !end.ended {
                Issue.record("\(kind) \(number), seed \(Self.seed): \(end) \(bytes)")
                return
            }
        }
    }
}
