import FaultKit
import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import FaultServer

@Suite struct EventTests {
    private func line(_ kind: Event.Kind, connection: Int? = 2, request: Int? = 1) -> String? {
        Event(
            number: 1, milliseconds: 1_234.5, connection: connection, request: request, kind: kind
        ).line?.text
    }

    @Test func linesTellTimePlaceAndWhatHappened() {
        #expect(
            self.line(.request(method: "GET", target: "/f.bin", range: "bytes=5-", fields: [:]))
                == "    1.234  #2.1   GET /f.bin (bytes=5-)")
        #expect(
            self.line(.response(status: 200, length: 602_224, sent: 240_889, complete: false))
                == "    1.234  #2.1   200, 240,889 of 602,224 bytes sent, not to its end")
        #expect(
            self.line(.response(status: 404, length: 9, sent: 9, complete: true))?
                .hasSuffix("404, 9 bytes sent") == true)
    }

    @Test func aHelloSaysWhatTheClientOffers() {
        var hello = Event.ClientHello()
        hello.versions = ["1.3", "1.2"]
        hello.ciphers = ["TLS_AES_128_GCM_SHA256"]
        #expect(
            self.line(.hello(hello))?
                .hasSuffix("hello without a name: TLS 1.3, 1.2; 1 known suites") == true)
        hello.serverName = "a\u{1B}.example"
        hello.groups = ["x25519", "secp256r1", "secp384r1", "x448"]
        hello.protocols = ["h2"]
        #expect(
            self.line(.hello(hello))?.hasSuffix(
                "hello for a\\u{1b}.example: TLS 1.3, 1.2; 1 known suites; x25519, secp256r1, "
                    + "secp384r1 and 1 groups more; h2") == true)
    }

    @Test func aStrikeSaysWhichFaultDidWhatAndWhere() {
        var strike = Event.FaultStrike(rule: 0, fault: "truncate", on: "body", action: "ended")
        strike.offset = 240_889
        strike.ending = .cut
        #expect(
            self.line(.fault(strike))?
                .hasSuffix("truncate ended (cut) at body offset 240,889") == true)
        strike = Event.FaultStrike(rule: 0, fault: "throttle", on: "link", action: "waited")
        strike.offset = 7
        strike.waited = 3_449.7
        strike.times = 12
        #expect(
            self.line(.fault(strike))?
                .hasSuffix("throttle waited 3.4 s at link offset 7, 12 times") == true)
    }

    @Test func aClientCannotWriteOnTheTerminal() {
        let line = self.line(
            .request(method: "GET", target: "/\u{1B}[2J\u{9B}\n", range: nil, fields: [:]))
        #expect(line?.hasSuffix("GET /\\u{1b}[2J\\u{9b}\\u{a}") == true)
    }

    @Test func theSummarySaysOfEachRuleWhetherItStruck() throws {
        let plan = try Plan.sample("truncate at=1", "truncate at=2", "truncate at=3")
        var tally = plan.rules.map { Tally(rule: $0) }
        tally[0].matched = 3
        tally[0].struck = 2
        tally[1].matched = 1
        let text = self.line(.stop(reason: "idle", tally: tally), connection: nil, request: nil)
        #expect(
            text?.split(separator: "\n").dropFirst().map(String.init) == [
                "  rule 1  truncate on=body at=1: struck twice",
                "  rule 2  truncate on=body at=2: matched once, never struck",
                "  rule 3  truncate on=body at=3: never matched",
            ])
    }

    @Test(arguments: [
        (48, "unknown_ca", "does not trust this CA"), (45, "certificate_expired", "clock"),
        (42, "bad_certificate", "do not match the host"),
        (70, "protocol_version", "no TLS version"),
        (49, "access_denied", "bundle"), (0, "close_notify", "by itself"),
    ])
    func alertsHaveNamesAndMeanings(number: Int, name: String, words: String) {
        let alert = Event.Alert(number: number, isFatal: true, sender: .client)
        #expect(alert.name == name)
        #expect(alert.meaning?.contains(words) == true)
        #expect(self.line(.alert(alert))?.contains("the client sent the alert \(name) (") == true)
        let own = Event.Alert(number: number, isFatal: true, sender: .server)
        #expect(self.line(.alert(own))?.hasSuffix("the server sent the alert \(name)") == true)
    }

    @Test func anAlertThatNobodyRegisteredHasItsNumber() {
        let alert = Event.Alert(number: 200, isFatal: true, sender: .client)
        #expect(alert.name == "alert 200")
        #expect(alert.meaning == nil)
    }

    /// The journal of a client that downloads whole, in part and in vain, line for line.
    @Test func theJournalOfAClientIsAsItWasLookedAt() throws {
        let bench = try EngineBench(
            "throttle rate=1KB/s when.range=yes", "status code=503 when.path=/gone",
            "truncate at=40% when.range=no when.path=/firmware.bin when.request=2")
        try bench.connect()
        for target in ["/firmware.bin", "/none"] {
            try bench.send("HEAD \(target) HTTP/1.1\r\nHost: a\r\nUser-Agent: device\r\n\r\n")
        }
        try bench.send("GET /firmware.bin HTTP/1.1\r\nHost: a\r\nRange: bytes=-500\r\n\r\n")
        bench.advance(.seconds(1))
        for target in ["/gone", "/firmware.bin"] {
            try bench.send("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        bench.channel.embeddedEventLoop.run()
        bench.channel.pipeline.fireChannelInactive()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try bench.events().map { event in
            let still = Event(
                number: event.number, milliseconds: 0, connection: event.connection,
                request: event.request, kind: event.kind)
            return String(decoding: try encoder.encode(still), as: UTF8.self) + "\n"
        }
        try Golden.check(lines.joined(), "journal/plain-client.jsonl")
    }
}
