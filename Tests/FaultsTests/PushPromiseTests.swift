import FaultKit
import Faults
import Testing

@Suite struct PushPromiseTests {
    @Test func itStandsBeforeTheFirstHead() throws {
        let promise = "PUSH_PROMISE 4 #1 00000002828704022f6101096c6f63616c686f7374"
        #expect(
            try FrameStream.played(PushPromise.self, ["path": "/a"]).frames
                == FrameStream.with(3..<3, [promise]))
        #expect(
            try FrameStream.played(PushPromise.self, ["path": "/a", "answered": "yes"]).frames
                == FrameStream.with(
                    3..<4, [promise, "HEADERS 4 #1 88", "HEADERS 4 #2 88", "DATA 1 #2 70757368"]))
    }

    @Test func aPathThatTakesALongerLengthIsRefused() {
        let path = String(repeating: "a", count: 127)
        #expect(PushPromise.complaint(["path": path])?.knob == "path")
    }
}
