import FaultKit
import Faults
import Testing

@Suite struct WrongNameTests {
    private let honest = Handshake(
        certificate: Certificate(
            commonName: "192.168.2.106",
            names: [.ip("192.168.2.106"), .dns("192.168.2.106"), .dns("localhost")]))

    private func edited(_ knobs: KeyValuePairs<String, String>) throws -> Handshake {
        var (handshake, dice) = (self.honest, Dice(seed: 1))
        try WrongName(knobs).edit(&handshake, using: &dice)
        return handshake
    }

    @Test func leavesNoHonestNameOnTheCertificate() throws {
        let certificate = try self.edited([:]).certificate
        #expect(certificate.commonName == "wrong.example")
        #expect(certificate.names == [.dns("wrong.example")])
    }

    @Test func changesNothingButTheNames() throws {
        var handshake = try self.edited(["name": "other.example"])
        handshake.certificate.commonName = self.honest.certificate.commonName
        handshake.certificate.names = self.honest.certificate.names
        #expect(handshake == self.honest)
    }

    @Test(arguments: ["10.0.0.1", "fe80::1", "2001:db8::1"])
    func anAddressIsNamedAsAnAddress(_ address: String) throws {
        #expect(try self.edited(["name": address]).certificate.names == [.ip(address)])
    }

    @Test(arguments: ["10.0.0.256", "10.0.0", "*.example", "fe80::g"])
    func whatOnlyLooksLikeAnAddressIsAName(_ name: String) throws {
        #expect(try self.edited(["name": name]).certificate.names == [.dns(name)])
    }

    @Test func aNameFitsACertificate() {
        #expect(WrongName.complaint(["name": ""])?.knob == "name")
        #expect(WrongName.complaint(["name": String(repeating: "a", count: 65)])?.knob == "name")
        #expect(WrongName.complaint(["name": String(repeating: "a", count: 64)]) == nil)
    }
}
