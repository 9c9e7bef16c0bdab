import FaultKit
import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import FaultServer

/// What requests get of editions, and what the journal says of it.
@Suite struct EditedAnswerTests {
    private let watch = Hashing.Watch()
    private let get = "GET /firmware.bin HTTP/1.1\r\nHost: a\r\n"

    private func strikes(_ events: [Event]) -> [String] {
        events.compactMap { event in
            switch event.kind {
            case .fault(let strike): "\(strike.rule) \(strike.detail ?? "")"
            case .failure(let text): text
            default: nil
            }
        }
    }

    @Test func eachRequestHasItsStrikesAndTheImageIsEditedOnce() throws {
        let rules = try [
            Rule.image(Hashing(self.watch)), .image(Idle()), .image(Hashing(self.watch)),
        ]
        let bench = try EngineBench(rules: rules, image: Image(name: "f.bin", bytes: [1, 2, 3]))
        try bench.connect()
        var bodies: [[UInt8]] = []
        for range in ["", "Range: bytes=0-\r\n", "Range: bytes=3-\r\n"] {
            try bench.send(self.get + range + "\r\n")
            bodies.append(try bench.taken().bodyOfResponse)
        }
        #expect(bodies[0].count == 19)
        #expect(bodies[1] == bodies[0])
        #expect(bodies[2] == Array(bodies[0][3...]))
        #expect(self.watch.edited.count == 2, "each of the two once")
        #expect(
            self.strikes(bench.events())
                == Array(repeating: ["0 f.bin, 3 → 11 bytes", "2 f.bin, 11 → 19 bytes"], count: 3)
                .flatMap {
                    $0
                })
        #expect(bench.core.ledger.tally.map(\.struck) == [3, 0, 3])
    }

    // MARK: A file that changed

    /// A server of a file that changed since the start, so that its first request has it edited.
    private func serve(
        _ folder: ServedFolder, exitAfter: Int, _ sink: any JournalSink = Memory(),
        rules: [Rule]? = nil
    ) async throws -> (Server, port: Int) {
        try folder.write("app.bin", "first build")
        try folder.write("other.bin", "other")
        var content = Content()
        try content.offer(file: folder.base + "/app.bin")
        try content.offer(file: folder.base + "/other.bin")
        let rules = try rules ?? [.image(Hashing(self.watch))]
        var configuration = Configuration(
            plan: Plan(profiles: [], rules: rules), content: content, identity: nil)
        (configuration.port, configuration.bind) = (0, "127.0.0.1")
        configuration.exitAfter = exitAfter
        // Should a response not be counted, the test fails and does not hang.
        configuration.idleExit = .seconds(20)
        configuration.sinks = [sink]
        let server = try Server(configuration)
        let port = try await server.start().port
        try folder.write("app.bin", "second build")
        self.watch.hold()
        return (server, port)
    }

    @Test(.timeLimit(.minutes(5)))
    func aLoopThatWaitsForAnEditionServesOthers() async throws {
        let folder = try ServedFolder()
        let (server, port) = try await self.serve(folder, exitAfter: 3)
        let (first, second) = (try Client(port), try Client(port))
        first.ask("/app.bin")
        #expect(self.watch.waitForEdit())
        second.ask("/app.bin")
        let other = try Client(port)
        other.ask("/other.bin")
        #expect(other.readToEnd().contains("\r\n\r\nother"))
        self.watch.letGo()
        #expect(first.readToEnd().contains("\r\n\r\nsecond build"))
        #expect(second.readToEnd().contains("\r\n\r\nsecond build"))
        try await server.wait()
        #expect(self.watch.edited == ["app.bin", "other.bin", "app.bin"])
    }

    @Test(.timeLimit(.minutes(5)))
    func whatCannotBeEditedIsTriedForEachRequestAndAnsweredWithTheReason() async throws {
        let (folder, memory) = (try ServedFolder(), Memory())
        let rules = try [Rule.image(Hashing(self.watch)), .image(Hashing(self.watch, least: 13))]
        let (server, port) = try await self.serve(folder, exitAfter: 2, memory, rules: rules)
        self.watch.letGo()
        try folder.write("app.bin", "3rd")
        let tried = self.watch.edited.count
        let reason = "rule 'hashing' cannot edit app.bin: it has 11 bytes; offer one of 13"
        for _ in 0..<2 {
            let client = try Client(port)
            client.ask("/app.bin")
            let text = client.readToEnd()
            #expect(text.hasPrefix("HTTP/1.1 500 "))
            #expect(text.hasSuffix("\r\n\r\n\(reason)\n"))
        }
        try await server.wait()
        #expect(self.watch.edited.count == tried + 4)
        #expect(self.strikes(memory.all) == [reason, reason], "no strike, as nothing was served")
    }

    @Test(.timeLimit(.minutes(5)))
    func aClientThatLeftMeanwhileGetsNothingAndStillCounts() async throws {
        let (folder, sink) = (try ServedFolder(), LettingGo(self.watch))
        let (server, port) = try await self.serve(folder, exitAfter: 1, sink)
        let client = try Client(port)
        client.ask("/app.bin")
        #expect(self.watch.waitForEdit())
        client.reset()
        try await server.wait()
        let names = sink.memory.all.map(\.kind.name)
        #expect(names.suffix(2) == ["closed", "stop"], "\(names)")
        guard case .stop("enough requests", _) = sink.memory.all.last?.kind else {
            Issue.record("the response was not counted")
            return
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func aServerThatIsStoppedMeanwhileEndsInOrder() async throws {
        let (folder, sink) = (try ServedFolder(), LettingGo(self.watch))
        let (server, port) = try await self.serve(folder, exitAfter: 9, sink)
        let client = try Client(port)
        client.ask("/app.bin")
        #expect(self.watch.waitForEdit())
        server.stop(reason: "test")
        try await server.wait()
        #expect(client.readToEnd().isEmpty)
        let names = sink.memory.all.map(\.kind.name)
        #expect(names.suffix(2) == ["closed", "stop"], "\(names)")
    }
}

/// Lets an edit that waits go on once a connection is closed.
private final class LettingGo: JournalSink {
    let memory = Memory()
    private let watch: Hashing.Watch

    init(_ watch: Hashing.Watch) { self.watch = watch }

    func write(_ event: Event) {
        self.memory.write(event)
        if event.kind.name == "closed" { self.watch.letGo() }
    }

    func close() {}
}

/// A client on a blocking socket.
private final class Client {
    private var socket: Int32

    init(_ port: Int) throws {
        self.socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafeBytes(of: &address) {
            connect(self.socket, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), 16)
        }
        try #require(result == 0)
    }

    deinit { if self.socket >= 0 { close(self.socket) } }

    func ask(_ path: String) {
        let text = "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        _ = text.withCString { send(self.socket, $0, text.utf8.count, 0) }
    }

    func readToEnd() -> String {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = recv(self.socket, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += buffer[..<count]
        }
    }

    /// Leaves with RST, so that the server cannot miss it.
    func reset() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            self.socket, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close(self.socket)
        self.socket = -1
    }
}
