import FaultKit
import Faults
import Testing

@Suite struct OCSPStapleTests {
    @Test func itSaysWhatItIsToldTo() throws {
        #expect(EditedHandshake.by(try OCSPStaple([:])).staple == .revoked)
        #expect(EditedHandshake.by(try OCSPStaple(["status": "garbage"])).staple == .garbage)
        #expect(OCSPStaple.complaint(["status": "bad"])?.knob == "status")
    }
}
