import FaultKit
import NIOCore
import Testing

@testable import FaultServer

/// Which clients take which names: the facts of docs/clients.md and of Mbed TLS's release notes.
@Suite struct NameRuleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let host: String
        var commonName = "x"
        let names: [SubjectAltName]
        /// Who takes it.
        let takers: [NameRule]
    }

    static let cases = [
        Case(
            testDescription: "a name", host: "a.example", names: [.dns("A.example")],
            takers: [.rfc6125, .oldMbedTLS, .mbedTLS, .openSSL]),
        Case(
            testDescription: "a CN alone", host: "a.example", commonName: "a.example", names: [],
            takers: [.rfc6125, .oldMbedTLS, .mbedTLS, .openSSL]),
        Case(
            testDescription: "a CN beside another name", host: "a.example",
            commonName: "a.example", names: [.dns("b.example")], takers: []),
        Case(
            testDescription: "a CN beside an address", host: "a.example", commonName: "a.example",
            names: [.ip("192.0.2.1")], takers: [.rfc6125, .openSSL]),
        Case(
            testDescription: "an address", host: "192.0.2.1", names: [.ip("192.0.2.1")],
            takers: [.rfc6125, .mbedTLS, .openSSL]),
        Case(
            testDescription: "an address as a name", host: "192.0.2.1",
            names: [.dns("192.0.2.1")], takers: [.oldMbedTLS, .mbedTLS]),
        Case(
            testDescription: "an address in the CN", host: "192.0.2.1", commonName: "192.0.2.1",
            names: [], takers: [.oldMbedTLS, .mbedTLS]),
        Case(
            testDescription: "a wildcard for one label", host: "a.b.example",
            names: [.dns("*.b.example")], takers: [.rfc6125, .oldMbedTLS, .mbedTLS, .openSSL]),
        Case(
            testDescription: "a wildcard for two labels", host: "a.b.c.example",
            names: [.dns("*.c.example")], takers: []),
        Case(
            testDescription: "a wildcard for no label", host: "b.example",
            names: [.dns("*.b.example")], takers: []),
        Case(
            testDescription: "a wildcard in a label", host: "foo.b.example",
            names: [.dns("f*.b.example")], takers: [.openSSL]),
    ]

    @Test(arguments: cases) func eachTakesWhatItsRuleSays(_ test: Case) throws {
        var certificate = Certificate(commonName: test.commonName, names: test.names)
        certificate.notBefore = .hours(-1)
        let host = try Host(test.host)
        let takers = try NameRule.allCases.filter {
            try $0.isSatisfied(by: certificate, for: host)
        }
        #expect(takers == test.takers)
    }
}
