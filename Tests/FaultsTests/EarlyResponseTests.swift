import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct EarlyResponseTests {
    private func played(
        _ knobs: KeyValuePairs<String, String>
    ) throws -> (text: String, ending: Ending?, strikes: [Strike.Kind]) {
        var (fault, outlet, dice) = (try EarlyResponse(knobs), Outlet(), Dice(seed: 1))
        outlet.begin(&fault, &dice)
        outlet.run(&fault, Chunk(offset: 0, total: nil, bytes: ByteBuffer(string: "honest")), &dice)
        outlet.finish(&fault, &dice)
        var (text, ending) = ("", Ending?.none)
        for step in outlet.takeSteps() {
            switch step {
            case .send(let bytes): text += String(buffer: bytes)
            case .end(let end): ending = end
            case .push, .wait: Issue.record("\(step)")
            }
        }
        return (text, ending, outlet.takeStrikes().map(\.kind))
    }

    @Test func answersAndCloses() throws {
        let played = try self.played([:])
        #expect(
            played.text == """
                HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\
                Content-Type: text/plain; charset=utf-8\r\nContent-Length: 27\r\n\r\n\
                Nobody has asked for this.\n
                """)
        #expect(played.ending == .clean && played.strikes == [.inserted, .ended(.clean)])
    }

    @Test func theHonestStreamFollowsWhereTheConnectionGoesOn() throws {
        let played = try self.played(["status": "200", "ending": "none"])
        #expect(played.text.hasPrefix("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n"))
        #expect(played.text.hasSuffix("this.\nhonest"))
        #expect(played.ending == .clean && played.strikes == [.inserted])
    }

    @Test func endsAsItIsTold() throws {
        #expect(try self.played(["ending": "reset"]).ending == .reset)
    }

    @Test(arguments: [
        ("status", "100"), ("status", "1000"), ("ending", "close-notify"), ("ending", "soon"),
    ])
    func refusesWhatMakesNoSense(knob: String, value: String) {
        let error = #expect(throws: KnobError.self) { try EarlyResponse([knob: value]) }
        #expect(error?.knob == knob)
    }
}
