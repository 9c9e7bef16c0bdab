import FaultKit
import Foundation
import NIOCore
import Testing

@testable import FaultServer

struct LedgerTests {
    private let request = Request(target: "/firmware.bin")

    private func client(_ text: String) throws -> SocketAddress {
        try SocketAddress(ipAddress: text, port: 4711)
    }

    @Test func numbersConnectionsFromOne() throws {
        let ledger = Ledger(plan: try Plan.sample())
        #expect((0..<3).map { _ in ledger.accepted(client: nil).number } == [1, 2, 3])
    }

    @Test func countsRequestsPerRuleAndOverAllConnections() throws {
        let plan = try Plan.sample(
            "status code=500 when.request=2",
            "truncate at=1 when.request=2 when.path=/firmware.bin",
            "corrupt-image at=1 when.request=1 when.range=yes")
        let ledger = Ledger(plan: plan)
        var one = ledger.accepted(client: nil)
        var two = ledger.accepted(client: nil)
        let ranged = Request(target: "/firmware.bin", fields: ["range": "bytes=1-"])
        #expect(one.request(Request(method: "HEAD", target: "/other")).isEmpty)
        #expect(two.request(self.request).map(\.rule.id) == [0])
        #expect(one.request(ranged).map(\.rule.id) == [1, 2])
        #expect(one.request(ranged).isEmpty)
        #expect(one.requests == 3 && two.requests == 1)
        #expect(ledger.tally.map(\.matched) == [1, 1, 1])
    }

    @Test func countsConnectionsPerRuleOverThoseThatItsOtherKeysMatch() throws {
        let plan = try Plan.sample(
            "throttle on=link rate=1KiB/s when.connection=2",
            "throttle on=link rate=1KiB/s when.connection=2 when.client=10.0.0.0/8",
            "wrong-name when.connection=2 when.sni=b",
            "throttle on=http rate=1KiB/s when.connection=2 when.sni=b",
            "status code=500 when.connection=2 when.sni=b")
        let ledger = Ledger(plan: plan)
        var seen: [[Int]] = []
        for (address, name) in [
            ("::1", "b"), ("10.0.0.1", "a"), ("::ffff:10.0.0.2", "B"), ("::1", "b"),
        ] {
            var encounter = ledger.accepted(client: try self.client(address))
            var matches = encounter.link() + encounter.handshake(sni: name)
            matches += encounter.established(sni: name)
            matches += encounter.request(self.request) + encounter.request(self.request)
            seen.append(matches.map(\.rule.id))
        }
        #expect(seen == [[], [0], [1, 2, 3, 4, 4], []])
    }

    @Test func aConnectionThatNeverSaidItsNameIsNotCounted() throws {
        let ledger = Ledger(plan: try Plan.sample("wrong-name when.connection=1 when.sni=a"))
        _ = ledger.accepted(client: nil)
        var silent = ledger.accepted(client: nil)
        #expect(silent.handshake(sni: nil).isEmpty)
        var named = ledger.accepted(client: nil)
        #expect(named.handshake(sni: "a").count == 1)
    }

    @Test func withoutTLSNoServerNameMatches() throws {
        let ledger = Ledger(plan: try Plan.sample("status code=500 when.sni=*", "status code=501"))
        var encounter = ledger.accepted(client: nil)
        #expect(encounter.established(sni: nil).isEmpty)
        #expect(encounter.request(self.request).map(\.rule.id) == [1])
    }

    @Test func keepsTheOrderOfTheFileWhateverIsDecidedFirst() throws {
        let plan = try Plan.sample(
            "status code=500 when.sni=a", "status code=501", "truncate at=1 when.sni=a",
            "corrupt-image at=1")
        var encounter = Ledger(plan: plan).accepted(client: nil)
        _ = encounter.handshake(sni: "a")
        _ = encounter.established(sni: "a")
        #expect(encounter.request(self.request).map(\.rule.id) == [0, 1, 2, 3])
    }

    @Test func eachPlaceHasItsMoment() throws {
        let plan = try Plan.sample(
            "truncate at=1 on=body", "truncate at=1 on=http", "truncate at=1 on=link", "expired")
        var encounter = Ledger(plan: plan).accepted(client: nil)
        #expect(encounter.link().map(\.rule.id) == [2])
        #expect(encounter.handshake(sni: nil).map(\.rule.id) == [3])
        #expect(encounter.established(sni: nil).map(\.rule.id) == [1])
        #expect(encounter.request(self.request).map(\.rule.id) == [0])
    }

    // MARK: Chance

    @Test func chanceIsAsOftenAsItSaysAndShiftsNoCount() throws {
        let plan = try Plan.sample(
            "status code=500 when.chance=1/3 when.request=101..", "status code=500 when.request=200"
        )
        let ledger = Ledger(plan: plan)
        var encounter = ledger.accepted(client: nil)
        var lucky: [Int] = []
        for number in 1...3100 {
            let matches = encounter.request(self.request).map(\.rule.id)
            if matches.contains(0) { lucky.append(number) }
            #expect(matches.contains(1) == (number == 200))
        }
        #expect((900..<1100).contains(lucky.count))
        #expect(lucky.allSatisfy { $0 > 100 })
    }

    @Test func theSameSeedRollsTheSameWhateverTheOrderOfRequests() throws {
        let plan = try Plan.sample("status code=500 when.chance=1/2", seed: 42)
        func rolls(alternating: Bool) -> [[Bool]] {
            let ledger = Ledger(plan: plan)
            var encounters = [ledger.accepted(client: nil), ledger.accepted(client: nil)]
            var rolls: [[Bool]] = [[], []]
            for step in 0..<128 {
                let index = alternating ? step % 2 : step / 64
                rolls[index].append(!encounters[index].request(self.request).isEmpty)
            }
            return rolls
        }
        #expect(rolls(alternating: true) == rolls(alternating: false))
        #expect(rolls(alternating: true)[0] != rolls(alternating: true)[1])
    }

    @Test func diceDifferByConnectionAndRequestButNotForAnImage() throws {
        let plan = try Plan.sample("corrupt-image at=1", "status code=500")
        let ledger = Ledger(plan: plan)
        var dice: [[Dice]] = [[], []]
        for _ in 0..<3 {
            var encounter = ledger.accepted(client: nil)
            for _ in 0..<3 {
                for match in encounter.request(self.request) {
                    dice[match.rule.id].append(match.dice)
                }
            }
        }
        #expect(Set(dice[0]).count == 1 && dice[0].first == Dice(seed: 1, for: 0))
        #expect(Set(dice[1]).count == 9 && dice[1].first == Dice(seed: 1, for: 1, 1, 1))
    }

    // MARK: Together

    @Test(.timeLimit(.minutes(5)))
    func countsExactlyUnderEightThreads() throws {
        let plan = try Plan.sample(
            "status code=500 when.request='every 10'", "truncate at=1 when.connection=1..50",
            "throttle on=link rate=1KiB/s when.connection='every 4'", "corrupt-image at=1")
        let ledger = Ledger(plan: plan)
        let request = self.request
        let group = DispatchGroup()
        for _ in 0..<8 {
            group.enter()
            Thread {
                for _ in 0..<100 {
                    var encounter = ledger.accepted(client: nil)
                    for match in encounter.link() { ledger.note(1, of: match.rule) }
                    for _ in 0..<5 {
                        for match in encounter.request(request) { ledger.note(2, of: match.rule) }
                    }
                }
                group.leave()
            }.start()
        }
        group.wait()
        #expect(ledger.accepted(client: nil).number == 801)
        #expect(ledger.tally.map(\.matched) == [400, 250, 200, 4000])
        #expect(ledger.tally.map(\.struck) == [800, 500, 200, 8000])
        #expect(ledger.tally.map(\.rule.id) == [0, 1, 2, 3])
    }
}
