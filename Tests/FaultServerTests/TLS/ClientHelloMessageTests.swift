import FaultKit
import Testing

@testable import FaultServer

/// Writes the bytes of a ClientHello.
enum ClientHelloBytes {
    static func number(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)] }

    static func message(
        version: Int, suites: [Int], extensions: [(type: Int, body: [UInt8])]
    ) -> [UInt8] {
        let list = extensions.flatMap {
            Self.number($0.type) + Self.number($0.body.count) + $0.body
        }
        let body =
            Self.number(version) + [UInt8](repeating: 7, count: 32) + [2, 1, 1]
            + Self.number(suites.count * 2) + suites.flatMap(Self.number) + [1, 0]
            + (extensions.isEmpty ? [] : Self.number(list.count) + list)
        return [1, 0] + Self.number(body.count) + body
    }
}

@Suite struct ClientHelloMessageTests {
    private static let whole = ClientHelloBytes.message(
        version: 0x0303, suites: [0x1301, 0xC02F],
        extensions: [
            (0, [0, 12, 0, 0, 9] + Array("a.example".utf8)),
            (16, [0, 12, 2] + Array("h2".utf8) + [8] + Array("http/1.1".utf8)),
            (43, [4, 3, 4, 3, 3]), (10, [0, 2, 0, 29]), (11, [1, 0]), (0xFE0D, [1, 2, 3]),
        ])

    @Test func readsWhatAClientOffers() throws {
        let hello = try #require(ClientHelloMessage(Self.whole))
        #expect(hello.legacyVersion == 0x0303)
        #expect(hello.cipherSuites == [0x1301, 0xC02F])
        #expect(hello.serverName == "a.example")
        #expect(hello.protocols == ["h2", "http/1.1"])
        #expect(hello.versions == [0x0304, 0x0303])
        #expect(hello.groups == [29])
        #expect(hello.pointFormats == [0])
        // One that no library knows is there too.
        #expect(hello.extensions.map(\.type) == [0, 16, 43, 10, 11, 0xFE0D])
    }

    @Test func doesWithoutExtensions() throws {
        let bytes = ClientHelloBytes.message(version: 0x0301, suites: [47], extensions: [])
        let hello = try #require(ClientHelloMessage(bytes))
        #expect(hello.versions == [0x0301])
        #expect(hello.serverName == nil && hello.protocols.isEmpty && hello.groups.isEmpty)
    }

    @Test func takesNoOtherMessage() {
        #expect(ClientHelloMessage([]) == nil)
        #expect(ClientHelloMessage([16] + Self.whole.dropFirst()) == nil)
        #expect(ClientHelloMessage(Array(Self.whole.dropLast(1))) == nil)
    }

    /// Damaged and cut, it is read or refused, and nothing else happens.
    @Test func standsAnyDamage() {
        var dice = Dice(seed: 6)
        for _ in 0..<20_000 {
            var bytes = Self.whole
            for _ in 0..<dice.roll(1..<7) {
                bytes[dice.roll(0..<bytes.count)] = UInt8(dice.roll(0..<256))
            }
            bytes.removeLast(dice.roll(0..<bytes.count + 1))
            guard let hello = ClientHelloMessage(bytes) else { continue }
            _ = (hello.serverName, hello.protocols, hello.versions, hello.groups)
            #expect(JA3(hello).digest.count == 32)
        }
    }
}
