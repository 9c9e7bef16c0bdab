import FaultKit
import Faults
import Testing

@Suite struct CertificateIssuerTests {
    @Test(arguments: [
        ("stranger", Certificate.Issuer.stranger), ("lookalike", .lookalike), ("itself", .itself),
    ])
    func anotherOneSigns(who: String, issuer: Certificate.Issuer) throws {
        var handshake = EditedHandshake.by(try CertificateIssuer(["who": who]))
        #expect(handshake.certificate.issuer == issuer)
        handshake.certificate.issuer = .authority
        #expect(handshake == EditedHandshake.honest)
    }

    @Test func thereAreNoOthers() {
        #expect(CertificateIssuer.complaint(["who": "me"])?.knob == "who")
    }
}
