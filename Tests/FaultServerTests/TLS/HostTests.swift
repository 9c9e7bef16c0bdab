import FaultKit
import NIOCore
import Testing

@testable import FaultServer

struct HostTests {
    @Test func theFirstHostIsTheCNAndAllAreNamesInTheirOrder() throws {
        let recipe = try Certificate.honest(for: ["192.168.2.106", "update.local", "::1"])
        #expect(recipe.commonName == "192.168.2.106")
        #expect(
            recipe.names == [
                .ip("192.168.2.106"), .dns("192.168.2.106"), .dns("update.local"), .ip("::1"),
                .dns("::1"),
            ])
    }

    @Test func eachHostIsThereOnceInItsFirstSpelling() throws {
        let recipe = try Certificate.honest(
            for: ["Host.local", "10.0.0.1", "host.LOCAL", "[FD00::1]", "fd00:0::1", "10.0.0.1"])
        #expect(
            recipe.names == [
                .dns("Host.local"), .ip("10.0.0.1"), .dns("10.0.0.1"), .ip("fd00::1"),
                .dns("fd00::1"),
            ])
    }

    @Test func aHostThatIsTooLongForACNIsAmongTheNamesOnly() throws {
        let long = String(repeating: "a", count: 61) + ".test"
        let fits = String(repeating: "b", count: 59) + ".test"
        #expect(try Certificate.honest(for: [long, fits]).commonName == fits)
        let alone = try Certificate.honest(for: [long])
        #expect(alone.commonName == "" && alone.names == [.dns(long)])
    }

    @Test(arguments: [
        "a", "localhost", "update-server.example.test", "under_score.local", "xn--bcher-kva.test",
        "*.example.test", "1a.2b", "9.example",
    ])
    func acceptsHostNames(_ text: String) throws {
        #expect(try Host(text) == .name(text))
    }

    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("fe80::0001", "fe80::1"),
        ("2001:DB8::A", "2001:db8::a"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
    ])
    func acceptsAddressesAndWritesThemCanonically(_ text: String, _ canonical: String) throws {
        let host = try Host(text)
        #expect(host.description == canonical)
        #expect(host.names == [.ip(canonical), .dns(canonical)])
    }

    @Test(arguments: [
        ("", "it is empty"),
        (
            "https://192.168.2.106:8070/a.bin",
            "write the host alone, such as 192.168.2.106 or update.local, not a URL"
        ),
        ("update.local:8070", "leave out the port"),
        ("fe80::1%eth0", "a certificate has no place for a zone; leave out the '%…'"),
        ("fe80::1::2", "it is not an IPv6 address either"),
        ("[10.0.0.1]", "it is not an IPv6 address either"),
        ("bücher.test", "write it in ASCII, as DNS does ('xn--…')"),
        (
            "192.168.2.300", "an IPv4 address is four numbers from 0 to 255, with dots between them"
        ),
        ("192.168.2", "an IPv4 address is four numbers from 0 to 255, with dots between them"),
        ("a..b", "a part between dots is empty"),
        ("a.b.", "a part between dots is empty"),
        ("two words", "' ' cannot be part of one"),
        ("*", "'*' cannot be part of one"),
        ("a.*.test", "'*' cannot be part of one"),
        ("-a.test", "a part between dots begins or ends with '-'"),
        ("a.test-", "a part between dots begins or ends with '-'"),
        (
            String(repeating: "a", count: 64) + ".test",
            "a part between dots is longer than 63 characters"
        ),
        (String(repeating: "a.", count: 127), "it is longer than 253 characters"),
    ])
    func saysWhatIsWrongWithAHost(_ text: String, _ mistake: String) throws {
        let error = try serverError { _ = try Certificate.honest(for: ["good.test", text]) }
        #expect(error.description == "'\(text)' is no host for a certificate: \(mistake)")
        #expect(error.status == .usage)
    }

    @Test func aCertificateNeedsAHost() throws {
        let error = try serverError { _ = try Certificate.honest(for: []) }
        #expect(error.description == "a certificate needs a host: a name or an IP address")
    }
}

struct PermittedHostTests {
    @Test(arguments: [
        ("lab.example", true), ("a.b.LAB.example", true), ("collab.example", false),
        ("example", false), ("192.0.2.1", true), ("192.0.2.2", false), ("2001:db8::1", true),
    ])
    func aNameIsBelowAnotherAndAnAddressIsItself(host: String, isBelow: Bool) throws {
        let permitted = try ["lab.example", "192.0.2.1", "2001:DB8:0::1"].flatMap {
            try Host($0).names
        }
        #expect(try Host(host).isBelow(permitted) == isBelow)
    }

    @Test func aConstraintIsReadAsItWasMade() throws {
        let folder = try CertificateFolder()
        let hosts = ["lab.example", "192.0.2.1", "2001:db8::1"]
        let made = try Authority.open(in: folder["ca"], permits: hosts)
        #expect(try made.hosts(asked: []) == hosts)
        #expect(try Authority.open(in: folder["ca"]).hosts(asked: []) == hosts)
        #expect(try Authority.open(in: folder["free"]).hosts(asked: []) == Hosts.local())
        let other = try serverError {
            _ = try Authority.open(in: folder["free"], permits: ["lab.example"])
        }
        #expect(other.description.contains("vouches for any name"))
    }

    @Test func whoseTimeIsOverHasTheSameNameAndKey() throws {
        let folder = try CertificateFolder()
        let issuer = try Authority.open(in: folder.path, permits: ["lab.example"]).issuer
        let expired = try issuer.expired(at: WallClock.now())
        #expect(expired.subject.commonName == issuer.certificate.subject.commonName)
        #expect(expired.matches(issuer.key) && expired.isSelfSigned)
        #expect(expired.permitted == issuer.certificate.permitted)
        #expect(expired.notAfter.since(WallClock.now()) < .zero)
    }
}

struct HostsTests {
    private func order(_ texts: String...) -> [String] {
        Hosts.order(texts.compactMap { HostAddress($0) })
    }

    @Test func whatADeviceWouldUseComesFirst() {
        #expect(
            self.order("127.0.0.1", "2001:db8::5", "192.168.2.106", "::1", "fe80::5", "172.17.0.1")
                == ["192.168.2.106", "172.17.0.1", "localhost", "2001:db8::5", "127.0.0.1", "::1"])
    }

    @Test func localhostComesFirstWithoutANetwork() {
        #expect(self.order("127.0.0.1", "::1") == ["localhost", "127.0.0.1", "::1"])
        #expect(self.order() == ["localhost", "127.0.0.1", "::1"])
        #expect(self.order("fd00::7").first == "localhost")
    }

    @Test func anAddressOfTwoInterfacesIsThereOnce() {
        #expect(self.order("10.0.0.1", "10.0.0.1").count == 4)
    }

    @Test func thisMachinesHostsMakeACertificate() throws {
        let hosts = Hosts.local()
        #expect(Set(hosts).isSuperset(of: ["localhost", "127.0.0.1", "::1"]))
        #expect(try Certificate.honest(for: hosts).commonName == hosts[0])
    }
}
