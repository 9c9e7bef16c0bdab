import FaultKit
import NIOCore
import Testing

@testable import FaultServer

@Suite struct EvidenceTests {
    private let bench: EngineBench
    private var rule: Rule { self.bench.core.plan.rules[0] }

    init() throws { self.bench = try EngineBench("throttle rate=1KiB/s", "flip at=1 mask=1") }

    private var strikes: [Event.FaultStrike] {
        self.bench.events().compactMap {
            if case .fault(let strike) = $0.kind { strike } else { nil }
        }
    }

    @Test func theFirstWaitIsAnEventAndTheOthersAreSummedUp() {
        var evidence = Evidence(on: .body, of: self.bench.connection, request: 3)
        for place in 0..<100 {
            let strike = Strike(kind: .waited(.milliseconds(10)), offset: place)
            evidence.add([(self.rule, strike)])
        }
        evidence.close()
        let strikes = self.strikes
        #expect(strikes.map(\.times) == [1, 99])
        #expect(strikes.map(\.waited) == [10, 990])
        #expect(strikes.map(\.offset) == [0, 1])
        #expect(self.bench.events().allSatisfy { $0.request == 3 })
    }

    @Test func eachChangeIsAnEventUpToABound() {
        var evidence = Evidence(on: .body, of: self.bench.connection)
        for place in 0..<Evidence.bound + 500 {
            evidence.add([(self.rule, Strike(kind: .altered, offset: place, count: 2))])
        }
        evidence.close()
        let strikes = self.strikes
        #expect(strikes.count == Evidence.bound + 1)
        #expect(strikes.last?.times == 500)
        #expect(strikes.last?.bytes == 1_000)
        #expect(strikes.last?.offset == Evidence.bound)
        #expect(strikes.reduce(0) { $0 + $1.times } == Evidence.bound + 500)
    }

    @Test func aStreamCountsOnceInTheTallyHoweverOftenItWasStruck() {
        for _ in 0..<2 {
            var evidence = Evidence(on: .body, of: self.bench.connection)
            for place in 0..<5 {
                evidence.add([(self.rule, Strike(kind: .pushed, offset: place))])
            }
            evidence.close()
            evidence.close()
        }
        #expect(self.bench.core.ledger.tally.map(\.struck) == [2, 0])
    }

    @Test func sumsOfSeveralRulesComeInTheirOrder() {
        var evidence = Evidence(on: .link, of: self.bench.connection)
        for rule in self.bench.core.plan.rules.reversed() {
            for place in [7, 8] { evidence.add([(rule, Strike(kind: .pushed, offset: place))]) }
        }
        evidence.close()
        #expect(self.strikes.map(\.rule) == [1, 0, 0, 1])
        #expect(self.strikes.allSatisfy { $0.on == "link" && $0.action == "pushed" })
    }
}
