import FaultKit
import Faults
import Testing

@Suite struct CertificateNamesTests {
    @Test func setsEachAsItIsTold() throws {
        let both = EditedHandshake.by(
            try CertificateNames(["san": "DNS:*.b.example,IP:192.0.2.1", "cn": "c"])
        ).certificate
        #expect(both.names == [.dns("*.b.example"), .ip("192.0.2.1")] && both.commonName == "c")
        let host = EditedHandshake.by(
            try CertificateNames(["san": "none", "cn": "{host}"])
        ).certificate
        #expect(host.names.isEmpty && host.commonName == "a.example")
        let cn = EditedHandshake.by(try CertificateNames(["cn": "c"])).certificate
        #expect(cn.names == [.dns("a.example")])
    }

    @Test(arguments: ["mail:x", "IP:a.example", "a.example"])
    func whatIsNoNameIsRefused(_ name: String) {
        #expect(CertificateNames.complaint(["san": name])?.knob == "san")
    }

    @Test func manyNamesComeBefore() throws {
        let names = EditedHandshake.by(try CertificateNames(["more": "2"])).certificate.names
        #expect(names == [.dns("name-0.example"), .dns("name-1.example"), .dns("a.example")])
        #expect(CertificateNames.complaint(["more": "20001"])?.knob == "more")
    }

    @Test func aNameCanHoldANul() throws {
        let names = EditedHandshake.by(
            try CertificateNames(["san": "DNS:a\\0.example,URI:https://a.example"])
        ).certificate.names
        #expect(names == [.dns("a\0.example"), .uri("https://a.example")])
    }

    @Test func oneOfThemIsSaid() { #expect(CertificateNames.complaint([:])?.knob == "san") }
}
