import FaultKit
import Faults
import Testing

@Suite struct CertificateSubjectTests {
    @Test func attributesAreThoseOfTheList() throws {
        let some = EditedHandshake.by(try CertificateSubject(["attributes": "O=A B,C=DE"]))
        #expect(some.certificate.subject == [.init("O", "A B"), .init("C", "DE")])
        #expect(some.certificate.commonName == "a.example")
    }

    @Test func thereMayBeNoSubject() throws {
        let none = EditedHandshake.by(try CertificateSubject(["attributes": "none"])).certificate
        #expect(none.commonName.isEmpty && none.subject.isEmpty)
    }

    @Test(arguments: ["C=Germany", "X=1", "O=", "O"])
    func whatIsNoAttributeIsRefused(_ text: String) {
        #expect(CertificateSubject.complaint(["attributes": text])?.knob == "attributes")
    }
}
