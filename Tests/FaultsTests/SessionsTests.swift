import FaultKit
import Faults
import Testing

@Suite struct SessionsTests {
    @Test func ticketsAreGivenOrNotOrNotTaken() throws {
        #expect(EditedHandshake.by(try Sessions([:])).sessions == .withheld)
        #expect(EditedHandshake.by(try Sessions(["tickets": "refused"])).sessions == .refused)
        #expect(Sessions.complaint(["tickets": "some"])?.knob == "tickets")
    }
}
