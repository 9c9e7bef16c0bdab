import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct NotYetValidTests {
    @Test func theValidityBeginsLaterAndIsAsLong() throws {
        let certificate = EditedHandshake.by(try NotYetValid(["by": "48h"])).certificate
        let honest = EditedHandshake.honest.certificate
        #expect(certificate.notBefore == .hours(48))
        #expect(
            certificate.notAfter - certificate.notBefore == honest.notAfter - honest.notBefore)
    }

    @Test func aTimeIsInTheFuture() {
        #expect(NotYetValid.complaint(["by": "0s"])?.knob == "by")
        #expect(NotYetValid.complaint(["by": "36501d"])?.knob == "by")
    }
}
