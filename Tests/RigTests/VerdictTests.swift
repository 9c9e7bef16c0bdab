import FaultKit
import Testing

@testable import FaultServer
@testable import Rig

/// What is required, held against what both sides have seen.
@Suite struct VerdictTests {
    /// A profile with these lines under `expect`.
    private func profile(_ expect: String) throws -> Profile {
        let text = "name: p\nstory: A story.\nrules: []\nexpect: { \(expect) }\n"
        return try Profile.read(text, file: "p.yaml", catalogue: Catalogue([]))
    }

    /// An account of a device whose console said these lines, and of a server with these events.
    private func account(_ lines: [String], _ events: [Event.Kind] = []) -> Account {
        var account = Account(rules: 0)
        for line in DeviceAccountTests.boot("factory", "1.0.0") {
            if let seen = Dialect.faultserve.read(line) { account.device.note(seen) }
        }
        account.device.begin()
        for line in lines {
            if let seen = Dialect.faultserve.read(line) { account.device.note(seen) }
        }
        for (index, kind) in events.enumerated() {
            account.server.note(
                Event(
                    number: index, milliseconds: 0, connection: 1, request: index / 2, kind: kind))
        }
        return account
    }

    private func mismatches(
        _ expect: String, _ lines: [String], _ events: [Event.Kind] = []
    ) throws -> [String] {
        let profile = try self.profile(expect)
        return try #require(profile.expectation).mismatches(in: self.account(lines, events))
            .map { "\($0.what): \($0.expected) / \($0.actual)" }
    }

    private let verify = [DeviceAccountTests.refused("verify")]
    private let updated =
        [DeviceAccountTests.updated]
        + DeviceAccountTests.boot("ota_0", "2.0.0", state: "PENDING_VERIFY", selfTest: "pass")

    @Test func whatIsRequiredIsMet() throws {
        #expect(
            try self.mismatches(
                "device: updated, stage: confirm, running: { slot: ota_0, version: 2.0.0 }",
                self.updated
            ).isEmpty)
    }

    @Test func whatIsNotIsSaid() throws {
        #expect(
            try self.mismatches("device: rejected, stage: verify", self.updated)
                == ["device: rejected / updated"])
        #expect(
            try self.mismatches(
                "device: updated, running: { slot: ota_1, version: 3.0.0 }", self.updated)
                == ["running.slot: ota_1 / ota_0", "running.version: 3.0.0 / 2.0.0"])
    }

    @Test func whatIsNoticedEarlierIsNoticedAllTheSame() throws {
        #expect(try self.mismatches("device: rejected, stage: boot", self.verify).isEmpty)
        #expect(
            try self.mismatches("device: rejected, stage: header", self.verify)
                == ["stage: header / verify"])
    }

    @Test func oneOfSeveralOutcomesWillDo() throws {
        let expect = "device: [rejected, updated], stage: verify, server: { requests: 1 }"
        #expect(try self.mismatches(expect, self.verify, [Self.get()]).isEmpty)
        // Stage and requests are those of the first.
        #expect(try self.mismatches(expect, self.updated, [Self.get(), Self.get()]).isEmpty)
    }

    private static func get(_ range: String? = nil) -> Event.Kind {
        .request(method: "GET", target: "/firmware.bin", range: range, fields: Fields())
    }

    @Test func theServersSideCountsToo() throws {
        let cut: [Event.Kind] = [
            Self.get(), .response(status: 200, length: 1000, sent: 400, complete: false),
        ]
        let rest: [Event.Kind] = [
            Self.get("bytes=400-"), .response(status: 206, length: 600, sent: 600, complete: true),
        ]
        let bad = Event.Kind.alert(Event.Alert(number: 42, isFatal: true, sender: .client))
        func check(_ server: String, _ events: [Event.Kind]) throws -> [String] {
            try self.mismatches(
                "device: rejected, stage: verify, server: { \(server) }", self.verify, events)
        }
        #expect(try check("requests: 1, delivered: 40%, alert: none", cut).isEmpty)
        #expect(try check("requests: 2, delivered: 100%", cut + rest).isEmpty)
        #expect(
            try check("delivered: ..30%", cut) == ["server.delivered: ..30% / 400 of 1000 bytes"])
        #expect(try check("requests: 1", cut + rest) == ["server.requests: 1 / 2"])
        #expect(try check("alert: bad_certificate", [bad]).isEmpty)
        #expect(
            try check("alert: unknown_ca", [bad]) == ["server.alert: unknown_ca / bad_certificate"])
        #expect(try check("alert: none", [bad]) == ["server.alert: none / bad_certificate"])
    }

    @Test func aResponseThatLiesAboutItsLengthIsStillWhole() {
        var server = ServerAccount()
        for kind in [Self.get(), .response(status: 200, length: 5000, sent: 1000, complete: true)] {
            server.note(
                Event(number: 1, milliseconds: 0, connection: 1, request: 1, kind: kind))
        }
        #expect(server.delivered == ServerAccount.Delivered(count: 1000, total: 1000))
    }

    @Test func eachKnownGapIsOfAShippedMethodAndHasAReason() {
        let methods: Set = ["native", "simple", "advanced", "guarded"]
        var seen: Set<String> = []
        for gap in KnownGap.stock {
            #expect(methods.isSuperset(of: gap.methods) && !gap.methods.isEmpty)
            #expect(gap.reason.count > 20)
            for method in gap.methods {
                #expect(seen.insert("\(gap.profile) \(method)").inserted, "\(gap.profile) twice")
            }
        }
    }

    @Test func aTranscriptKeepsItsBeginningAndItsEnd() {
        var transcript = Transcript()
        for number in 0..<20_000 { transcript.add("\(number)", by: .device, at: 0) }
        #expect(transcript.lines.count <= Transcript.limit)
        #expect(transcript.lines.first?.text == "0" && transcript.lines.last?.text == "19999")
        #expect(transcript.omitted + transcript.lines.count == 20_000)
    }
}
