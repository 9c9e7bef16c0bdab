import FaultKit
import NIOCore
import Testing

@testable import FaultServer

struct NetworkTests {
    private static func address(_ text: String) throws -> ClientAddress {
        try #require(ClientAddress(SocketAddress(ipAddress: text, port: 4711)))
    }

    private static func text(_ address: UInt32) -> String {
        stride(from: 24, through: 0, by: -8).map { "\(address >> $0 & 0xFF)" }
            .joined(separator: ".")
    }

    @Test func agreesWithArithmeticOnAnyNetwork() throws {
        var dice = Dice(seed: 7, for: 3)
        var hits = 0
        for _ in 0..<1500 {
            let base = UInt32.random(in: 0...UInt32.max, using: &dice)
            let prefix = dice.roll(0..<33)
            // Near the base, so that both answers occur.
            let client =
                base ^ (UInt32.random(in: 0...UInt32.max, using: &dice) >> dice.roll(0..<32))
            let shift = 32 - prefix
            let expected = UInt64(base) >> shift == UInt64(client) >> shift
            let network = try #require(Network(knob: "\(Self.text(base))/\(prefix)"))
            #expect(network.contains(try Self.address(Self.text(client))) == expected)
            #expect(network.contains(try Self.address("::ffff:\(Self.text(client))")) == expected)
            let mapped = try #require(
                Network(knob: "::ffff:\(Self.text(base))/\(prefix + 96)"))
            #expect(mapped.contains(try Self.address(Self.text(client))) == expected)
            if expected { hits += 1 }
        }
        #expect((200..<1300).contains(hits))
    }

    @Test(arguments: [
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe00::1", false), ("::1", "::1", true),
        ("2001:db8:0:4::/63", "2001:db8:0:5::1", true),
        ("2001:db8:0:4::/63", "2001:db8:0:6::1", false),
        ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false),
        // Networks of one kind have no clients of the other.
        ("::/0", "10.0.0.1", false), ("0.0.0.0/0", "::1", false), ("::/0", "fe80::1", true),
    ])
    func contains(_ network: String, _ client: String, _ expected: Bool) throws {
        let network = try #require(Network(knob: network))
        #expect(network.contains(try Self.address(client)) == expected)
    }

    @Test(arguments: [
        "", "/", "10.0.0", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129",
        "host",
        "10.0.0.0/..8", "::ffff:10.0.0.0/95", "fe80::1%eth0", "127.0.0.1\u{0}",
    ])
    func refuses(_ text: String) {
        #expect(Network(knob: text) == nil)
    }

    @Test func aClientWithoutAnAddressIsInNoNetwork() throws {
        let plan = try Plan.sample("status code=500 when.client=0.0.0.0/0")
        let ledger = Ledger(plan: plan)
        let local = try SocketAddress(unixDomainSocketPath: "/tmp/x")
        for client in [nil, local] {
            var encounter = ledger.accepted(client: client)
            #expect(encounter.request(Request(target: "/")).isEmpty)
        }
    }
}
