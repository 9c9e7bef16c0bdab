import COpenSSL
import FaultKit
import NIOCore
import Testing

@testable import FaultServer

/// The server's session back to back with a client of OpenSSL's.
@Suite(.timeLimit(.minutes(5)))
struct TLSSessionTests {
    private let folder: CertificateFolder
    private let contexts: TLSContexts

    init() throws {
        self.folder = try CertificateFolder()
        let forge = try Forge(
            source: .authority(directory: self.folder["state"]), hosts: ["localhost"])
        self.contexts = try TLSContexts(forge: forge, plan: Plan(profiles: []))
    }

    /// The ClientHello that a session has read.
    private final class Heard { var hello: Event.ClientHello? }
    private let heard = Heard()

    private func session() -> TLSSession {
        TLSSession(context: self.contexts.honest) { [contexts, heard] _, event in
            heard.hello = event()
            return contexts.honest
        }
    }

    /// Lets both speak until the handshake is over.
    @discardableResult
    private func shakeHands(_ server: TLSSession, _ client: MemoryClient) -> TLSSession.Progress {
        var progress = TLSSession.Progress.incomplete
        for _ in 0..<5 {
            client.turn()
            server.receive(client.give())
            if case .incomplete = progress { progress = server.handshake() }
            client.take(server.takeOutput())
        }
        client.turn()
        return progress
    }

    private func heard(by server: TLSSession) -> String {
        var text = ByteBuffer()
        while case .bytes = server.read(into: &text) {}
        return String(buffer: text)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func carriesBytesBothWays(version: Int32) throws {
        let server = self.session()
        let client = MemoryClient(
            version: version, trust: self.folder["state/ca_cert.pem"],
            offers: [2] + Array("h2".utf8) + [8] + Array("http/1.1".utf8))
        guard case .complete = self.shakeHands(server, client) else {
            Issue.record("no handshake")
            return
        }
        #expect(server.negotiated.version == (version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"))
        #expect(server.negotiated.alpn == "http/1.1")
        #expect(self.heard.hello?.protocols == ["h2", "http/1.1"])
        #expect(self.heard.hello?.versions == [version == TLS1_2_VERSION ? "1.2" : "1.3"])
        client.say("GET")
        server.receive(client.give())
        #expect(self.heard(by: server) == "GET")
        let body = (0..<200_000).map { UInt8($0 % 253) }
        #expect(try server.write(ByteBuffer(bytes: body)) == nil)
        client.take(server.takeOutput())
        #expect(client.turn())
        #expect(client.heard == body)
        server.closeNotify()
        client.take(server.takeOutput())
        #expect(client.turn() && client.hasHeardGoodbye)
    }

    /// Records of all lengths, and those that OpenSSL sends by itself, under each suite.
    @Test(arguments: [
        (TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256"), (TLS1_3_VERSION, "TLS_AES_256_GCM_SHA384"),
        (TLS1_3_VERSION, "TLS_CHACHA20_POLY1305_SHA256"),
        (TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256"),
        (TLS1_2_VERSION, "ECDHE-ECDSA-AES256-GCM-SHA384"),
        (TLS1_2_VERSION, "ECDHE-ECDSA-CHACHA20-POLY1305"),
    ])
    func protectsRecords(version: Int32, suite: String) throws {
        let server = self.session()
        let client = MemoryClient(version: version, trust: self.folder["state/ca_cert.pem"])
        SSL_set_cipher_list(client.ssl, version == TLS1_2_VERSION ? suite : "DEFAULT")
        if version == TLS1_3_VERSION { SSL_set_ciphersuites(client.ssl, suite) }
        self.shakeHands(server, client)
        #expect(server.negotiated.cipher == suite)
        var said: [UInt8] = []
        for (number, count) in [1, 15, 16, 17, 16_383, 16_384, 16_385, 100_000].enumerated() {
            let part = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
            said += part
            #expect(try server.write(ByteBuffer(bytes: part)) == nil)
            client.take(server.takeOutput())
            #expect(client.turn())
        }
        #expect(client.heard == said)
        server.closeNotify()
        client.take(server.takeOutput())
        #expect(client.turn() && client.hasHeardGoodbye)
    }

    /// The keys change with the KeyUpdate that answers one (RFC 8446 §4.6.3).
    @Test func goesOnWithTheKeysOfAKeyUpdate() throws {
        let server = self.session()
        let client = MemoryClient(
            version: TLS1_3_VERSION, trust: self.folder["state/ca_cert.pem"])
        self.shakeHands(server, client)
        var said: [UInt8] = []
        for number in UInt8(0)..<4 {
            let part = [UInt8](repeating: number, count: 20_000)
            said += part
            #expect(try server.write(ByteBuffer(bytes: part)) == nil)
            client.take(server.takeOutput())
            #expect(client.turn())
            #expect(SSL_key_update(client.ssl, SSL_KEY_UPDATE_REQUESTED) == 1)
            client.say("x")
            server.receive(client.give())
            #expect(self.heard(by: server) == "x")
        }
        client.take(server.takeOutput())
        #expect(client.turn())
        #expect(client.heard == said)
    }

    @Test func handsOverAClientHelloThatComesByteByByte() throws {
        let server = self.session()
        let client = MemoryClient(version: TLS1_3_VERSION)
        client.turn()
        let hello = client.give()
        for byte in hello.readableBytesView {
            #expect(self.heard.hello == nil)
            server.receive(ByteBuffer(bytes: [byte]))
            guard case .incomplete = server.handshake() else {
                Issue.record("the handshake ended too soon")
                return
            }
        }
        #expect(self.heard.hello != nil && server.hasOutput)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func tellsWhatAClientSaysThatDoesNotTrustTheCA(version: Int32) throws {
        let server = self.session()
        let other = try CertificateFolder()
        _ = try Forge(source: .authority(directory: other["state"]), hosts: ["localhost"])
        let client = MemoryClient(version: version, trust: other["state/ca_cert.pem"])
        guard case .failed = self.shakeHands(server, client) else {
            Issue.record("the handshake did not fail")
            return
        }
        let alert = server.takeAlerts().first
        #expect(alert == Event.Alert(number: 48, isFatal: true, sender: .client))
        #expect(server.takeAlerts().isEmpty)
    }

    @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func hearsAGoodbye(version: Int32) throws {
        let server = self.session()
        let client = MemoryClient(version: version)
        self.shakeHands(server, client)
        SSL_shutdown(client.ssl)
        server.receive(client.give())
        var buffer = ByteBuffer()
        guard case .closeNotify = server.read(into: &buffer) else {
            Issue.record("close_notify was not heard")
            return
        }
    }

    /// What OpenSSL answers by itself must not be lost when a big buffer is lent for a response.
    @Test func answersAKeyUpdateBeforeTheBytesThatFollowIt() throws {
        let server = self.session()
        let client = MemoryClient(version: TLS1_3_VERSION)
        self.shakeHands(server, client)
        SSL_key_update(client.ssl, SSL_KEY_UPDATE_REQUESTED)
        client.say("GET")
        server.receive(client.give())
        try self.answerBig(server, client)
    }

    @Test func refusesToRenegotiateAndGoesOn() throws {
        let server = self.session()
        let client = MemoryClient(version: TLS1_2_VERSION)
        self.shakeHands(server, client)
        SSL_renegotiate(client.ssl)
        SSL_do_handshake(client.ssl)
        server.receive(client.give())
        _ = self.heard(by: server)
        #expect(server.takeAlerts().contains { $0.number == 100 && $0.sender == .server })
        #expect(server.hasOutput)
        server.lend(ByteBuffer())
        #expect(server.hasOutput, "the alert is lost")
    }

    /// A buffer that was copied on the way would be no buffer of the pool any more.
    @Test func encryptsIntoTheBufferThatIsLent() throws {
        let server = self.session()
        self.shakeHands(server, MemoryClient(version: TLS1_3_VERSION))
        _ = server.takeOutput()
        var place: UnsafeRawPointer?
        func buffer() -> ByteBuffer {
            let buffer = ByteBufferAllocator().buffer(capacity: 262_144)
            place = buffer.withVeryUnsafeBytes { $0.baseAddress }
            return buffer
        }
        server.lend(buffer())
        #expect(try server.write(ByteBuffer(repeating: 1, count: 100_000)) == nil)
        #expect(server.takeOutput().withVeryUnsafeBytes { $0.baseAddress } == place)
    }

    private func answerBig(_ server: TLSSession, _ client: MemoryClient) throws {
        #expect(self.heard(by: server) == "GET")
        server.lend(ByteBufferAllocator().buffer(capacity: 262_144))
        let body = (0..<100_000).map { UInt8($0 % 241) }
        #expect(try server.write(ByteBuffer(bytes: body)) == nil)
        client.take(server.takeOutput())
        #expect(client.turn())
        #expect(client.heard == body)
    }
}
