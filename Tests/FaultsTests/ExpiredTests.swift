import FaultKit
import Faults
import NIOCore
import Testing

@Suite struct ExpiredTests {
    private let honest = Handshake(
        certificate: Certificate(commonName: "a.example", names: [.dns("a.example")]))

    private func edited(_ knobs: KeyValuePairs<String, String>) throws -> Handshake {
        var (handshake, dice) = (self.honest, Dice(seed: 1))
        try Expired(knobs).edit(&handshake, using: &dice)
        return handshake
    }

    @Test func endedADayAgoUnlessToldOtherwise() throws {
        #expect(try self.edited([:]).certificate.notAfter == .hours(-24))
        #expect(try self.edited(["by": "90min"]).certificate.notAfter == .minutes(-90))
    }

    @Test(arguments: ["1s", "24h", "36500d"])
    func wasValidForAsLongAsTheHonestOne(_ by: String) throws {
        let certificate = try self.edited(["by": by]).certificate
        #expect(certificate.notAfter - certificate.notBefore == .hours(398 * 24))
    }

    @Test func changesNothingButTheValidity() throws {
        var handshake = try self.edited([:])
        handshake.certificate.notBefore = self.honest.certificate.notBefore
        handshake.certificate.notAfter = self.honest.certificate.notAfter
        #expect(handshake == self.honest)
    }

    @Test(arguments: ["0s", "999ms", "36501d", "-1s"])
    func aTimeThatNoCertificateHasIsRefused(_ by: String) {
        #expect(Expired.complaint(["by": by])?.knob == "by")
    }
}
