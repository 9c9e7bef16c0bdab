import FaultKit
import Testing

@testable import FaultServer

/// Conversations with the machine, read from top to bottom.
@Suite struct HTTP1MachineTests {
    private let get = Request(target: "/a", fields: ["Host": "x"])
    private let other = Request(target: "/b", fields: ["Host": "x"])

    @Test func answersARequestOnceItIsWhole() {
        var machine = HTTP1Machine(bodyLimit: 10)
        #expect(machine.head(self.get, keepAlive: true) == .nothing)
        #expect(machine.phase == .body)
        #expect(machine.end() == .respond(self.get, keepAlive: true))
        #expect(machine.phase == .responding)
        #expect(machine.responded(keepAlive: true) == .nothing)
        #expect(machine.phase == .idle)
    }

    @Test func answersPipelinedRequestsInTheirOrderAndReadsNoFurther() {
        var machine = HTTP1Machine(bodyLimit: 10)
        _ = machine.head(self.get, keepAlive: true)
        _ = machine.end()
        #expect(machine.wantsInput)
        #expect(machine.head(self.other, keepAlive: true) == .nothing)
        #expect(machine.end() == .nothing)
        #expect(!machine.wantsInput)
        #expect(machine.responded(keepAlive: true) == .respond(self.other, keepAlive: true))
        #expect(machine.wantsInput)
    }

    @Test func forgetsPipelinedRequestsBehindALastResponse() {
        var machine = HTTP1Machine(bodyLimit: 10)
        _ = machine.head(self.get, keepAlive: false)
        _ = machine.end()
        _ = machine.head(self.other, keepAlive: true)
        _ = machine.end()
        #expect(machine.responded(keepAlive: false) == .close)
        #expect(machine.head(self.get, keepAlive: true) == .nothing)
        #expect(machine.end() == .nothing)
    }

    @Test func asksForABodyThatWaitsForContinue() {
        var machine = HTTP1Machine(bodyLimit: 10)
        let put = Request(method: "PUT", target: "/", fields: ["Expect": "100-Continue"])
        #expect(machine.head(put, keepAlive: true) == .sendContinue)
        #expect(machine.body(count: 4) == .nothing)
        #expect(machine.end() == .respond(put, keepAlive: true))
    }

    @Test func sendsContinueOnlyWhenItIsThatRequestsTurn() {
        var machine = HTTP1Machine(bodyLimit: 10)
        let put = Request(method: "PUT", target: "/", fields: ["Expect": "100-continue"])
        _ = machine.head(self.get, keepAlive: true)
        _ = machine.end()
        #expect(machine.head(put, keepAlive: true) == .nothing)
        #expect(machine.responded(keepAlive: true) == .sendContinue)
    }

    @Test func doesNotSendContinueToHTTP10() {
        var machine = HTTP1Machine(bodyLimit: 10)
        let put = Request(
            method: "PUT", target: "/", version: .http1_0, fields: ["Expect": "100-continue"])
        #expect(machine.head(put, keepAlive: false) == .nothing)
    }

    @Test func refusesWhatItCannotMeet() {
        var machine = HTTP1Machine(bodyLimit: 10)
        let odd = Request(target: "/", fields: ["Expect": "miracles"])
        #expect(machine.head(odd, keepAlive: true) == .refuse(.expectation("miracles")))
        var large = HTTP1Machine(bodyLimit: 10)
        _ = large.head(self.get, keepAlive: true)
        #expect(large.body(count: 10) == .nothing)
        #expect(large.body(count: 1) == .refuse(.bodyTooLarge))
        var future = HTTP1Machine(bodyLimit: 10)
        let two = Request(target: "/", version: HTTPVersion(major: 2, minor: 0))
        #expect(future.head(two, keepAlive: true) == .refuse(.version("HTTP/2.0")))
    }

    @Test func answersWhatWasAskedBeforeARefusal() {
        var machine = HTTP1Machine(bodyLimit: 10)
        _ = machine.head(self.get, keepAlive: true)
        _ = machine.end()
        #expect(machine.refuse(.malformed("x")) == .nothing)
        #expect(machine.responded(keepAlive: true) == .refuse(.malformed("x")))
        #expect(machine.responded(keepAlive: false) == .close)
    }

    @Test func closesWhenTheClientHasNothingMoreToSay() {
        var idle = HTTP1Machine(bodyLimit: 10)
        #expect(idle.inputClosed() == .close)
        var busy = HTTP1Machine(bodyLimit: 10)
        _ = busy.head(self.get, keepAlive: true)
        _ = busy.end()
        #expect(busy.inputClosed() == .nothing)
        #expect(busy.responded(keepAlive: true) == .close)
    }
}
