import FaultKit
import Testing

@testable import FaultServer

struct RuleTests {
    @Test func saysTheSameInOneLineAsInYAML() throws {
        let yaml = """
            name: x
            story: One rule.
            rules:
              - fault: status
                code: 503
                when: { request: [1, 3], path: '/my app.bin' }
                reason: It's over
                body: "two\\nlines"
            """
        let profile = try Profile.read(yaml, file: "x.yaml", catalogue: Sample.catalogue)
        let line =
            #"status when.request=1,3 code=503 when.path='/my app.bin' "#
            + #"reason="It's over" body="two\nlines""#
        let rule = try Rule.sample(line)
        #expect(profile.rules.first?.when == rule.when)
        for rule in profile.rules + [rule] {
            guard case .response(let fault as Sample.Status) = rule.hook else {
                Issue.record("no response fault")
                continue
            }
            #expect(fault.code == 503 && fault.reason == "It's over" && fault.body == "two\nlines")
        }
        #expect(
            profile.rules.first?.text == #"status code=503 reason="It's over" body="two\nlines" "#
                + #"when.request=1,3 when.path='/my app.bin'"#)
        #expect(profile.rules.first?.origin == "x" && rule.origin == "--fault")
    }

    @Test func tapsTheBodyUnlessToldOtherwise() throws {
        let rules = try [
            "truncate at=40%", "truncate at=1 on=http", "tear", "tear on=link",
        ].map(Rule.sample)
        let places = rules.map { rule -> Place? in
            if case .stream(_, on: let place) = rule.hook { place } else { nil }
        }
        #expect(places == [.body, .http, .link, .link])
        #expect(rules[0].text == "truncate on=body at=40%")
    }

    @Test func hooksAreOfTheFaultsLayer() throws {
        let moments = try [
            "corrupt-image at=50%", "status code=500", "wrong-name", "throttle rate=1KiB/s",
            "throttle rate=1KiB/s on=http", "throttle rate=1KiB/s on=link",
        ].map { try Rule.sample($0).hook.moment }
        #expect(moments == [.request, .request, .hello, .request, .established, .accept])
    }

    @Test(arguments: [
        ("", "1:1: a rule begins with the name of its fault"),
        ("at=40%", "1:1: a rule begins with the name of its fault"),
        ("truncat at=1", "1:1: unknown fault 'truncat'; did you mean 'truncate'?"),
        ("truncate at=1 cut", "1:15: 'cut' is not written as key=value"),
        ("truncate at=1 at=2", "1:15: 'at' is written more than once"),
        ("truncate at=half", "1:13: 'at' is \"half\"; write a byte count"),
        ("truncate  at='1", "1:14: a quote without its end"),
        ("truncate at=\"\\q\"", "1:15: only \\n"),
        ("truncate at=1 when.request=0", "1:28: 'request' is '0'"),
        ("truncate at=1 when=1", "1:15: 'when' needs a key"),
        ("truncate at=1 on=link when.path=/x", "1:23: 'path' means nothing to a rule that is"),
        ("truncate at=40% on=link", "1:13: 'at' depends on the length of the whole"),
        ("truncate at=1\n  ending=never", "2:10: 'ending' is \"never\""),
        ("status", "1:1: 'code' is missing"),
    ])
    func pointsIntoTheLine(_ line: String, _ problem: String) throws {
        let error = try #require(throws: ProfileError.self) { try Rule.sample(line) }
        #expect(error.description.hasPrefix("--fault:" + problem), "\(error)")
    }

    @Test func takesAnOffsetFromTheEndOnlyWhereTheEndIsKnown() throws {
        #expect(throws: Never.self) { try Rule.sample("truncate at=-33") }
        #expect(throws: Never.self) { try Rule.sample("truncate at=33 on=http") }
        #expect(throws: ProfileError.self) { try Rule.sample("truncate at=-33 on=http") }
        #expect(throws: ProfileError.self) { try Rule.sample("flip at=1,2% bit=1 on=link") }
    }

    @Test func looksAFaultUpByItsName() {
        #expect(Sample.catalogue["truncate"] == Sample.Truncate.self)
        #expect(Sample.catalogue["Truncate"] == nil)
        #expect(Sample.catalogue.names == Sample.catalogue.names.sorted())
        #expect(Sample.catalogue.names.count == 11)
    }
}

struct PlanTests {
    private func profile(_ name: String, seed: UInt64, _ rule: String) throws -> Profile {
        try Profile.read(
            "{name: \(name), story: The \(name)., seed: \(seed), rules: [\(rule)]}",
            file: "\(name).yml", catalogue: Sample.catalogue)
    }

    @Test func joinsRulesInOrder() throws {
        let first = try self.profile("a", seed: 5, "{fault: tear}, {fault: wrong-name}")
        let second = try self.profile("b", seed: 6, "{fault: status, code: 500}")
        let third = try Rule.sample("expired")
        let plan = Plan(profiles: [first, second], rules: [third], seed: nil)
        #expect(plan.name == "a+b" && plan.seed == 5 && plan.story == "The a. The b.")
        #expect(plan.rules.map(\.id) == [0, 1, 2, 3])
        #expect(plan.rules.map(\.fault) == ["tear", "wrong-name", "status", "expired"])
        #expect(plan.rules.map(\.origin) == ["a", "a", "b", "--fault"])
        #expect(Plan(profiles: [first], rules: [], seed: 9).seed == 9)
        #expect(Plan(profiles: [], rules: [], seed: nil).name == "none")
    }

    @Test func explainsWhenEachRuleStrikes() throws {
        let plan = try Plan.sample(
            "status code=500 when.request=2.. when.path=/x.bin when.range=no when.connection=1 "
                + "when.client=10.0.0.0/8 when.sni=localhost when.chance=1/3",
            "tear when.connection='every 2' when.client=::1")
        let lines = plan.explanation.split(separator: "\n").filter { $0.contains("  when ") }
        #expect(
            lines == [
                "  when    the 2nd request and later ones for /x.bin without a range, on the 1st "
                    + "connection from 10.0.0.0/8 to the server name localhost, in 1/3 of the cases",
                "  when    every 2nd connection from ::1",
            ])
    }
}
