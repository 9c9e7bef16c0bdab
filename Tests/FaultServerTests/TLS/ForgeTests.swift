import FaultKit
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import FaultServer

@Suite(.timeLimit(.minutes(5)))
struct ForgeTests {
    private let folder: CertificateFolder
    private let forge: Forge

    init() throws {
        self.folder = try CertificateFolder()
        self.forge = try Forge(
            source: .authority(directory: folder["state"]),
            hosts: ["192.168.2.106", "update.local", "fd00::1"])
    }

    /// `openssl verify` with our CA, of what the forge gives for a recipe.
    private func verify(
        _ recipe: Certificate, _ options: String...
    ) throws -> CertificateFolder.Run {
        try self.folder.write(self.forge.identity(for: recipe))
        let always = ["verify", "-CAfile", "state/ca_cert.pem", "-x509_strict"]
        return try self.folder.openssl(
            always + options + ["-purpose", "sslserver", "leaf.pem"])
    }

    @Test(arguments: [
        ["-verify_ip", "192.168.2.106"], ["-verify_hostname", "update.local"],
        ["-verify_hostname", "UPDATE.local"], ["-verify_ip", "fd00::1"],
        ["-verify_hostname", "192.168.2.106"],
    ])
    func theHonestCertificateIsGoodForEachHost(_ check: [String]) throws {
        let run = try self.verify(self.forge.honest, check[0], check[1])
        #expect(run.status == 0 && run.text == "leaf.pem: OK\n", "\(run.text)")
    }

    @Test func theHonestCertificateIsWhatDevicesExpectOfAServer() throws {
        try self.folder.write(self.forge.identity(for: self.forge.honest))
        let text = try self.folder.openssl("x509", "-in", "leaf.pem", "-noout", "-text").text
        for part in [
            "Version: 3 (0x2)", "ecdsa-with-SHA256", "ASN1 OID: prime256v1",
            "Subject: CN = 192.168.2.106\n", "CA:FALSE",
            "X509v3 Key Usage: critical\n                Digital Signature\n",
            "TLS Web Server Authentication\n", "X509v3 Subject Key Identifier:",
            "X509v3 Authority Key Identifier:",
            "X509v3 Subject Alternative Name: \n                IP Address:192.168.2.106, "
                + "DNS:192.168.2.106, DNS:update.local, IP Address:FD00:0:0:0:0:0:0:1, DNS:fd00::1",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test func aWrongNameFailsOnTheNameOnly() throws {
        var recipe = self.forge.honest
        recipe.commonName = "wrong.invalid"
        recipe.names = [.dns("wrong.invalid")]
        #expect(try self.verify(recipe).status == 0)
        let address = try self.verify(recipe, "-verify_ip", "192.168.2.106")
        #expect(address.status == 2 && address.verifyErrors == ["64"], "\(address.text)")
        let name = try self.verify(recipe, "-verify_hostname", "update.local")
        #expect(name.status == 2 && name.verifyErrors == ["62"], "\(name.text)")
    }

    @Test func anExpiredCertificateFailsOnTheDateOnly() throws {
        var recipe = self.forge.honest
        recipe.notBefore = .hours(-48)
        recipe.notAfter = .hours(-24)
        let expired = try self.verify(recipe, "-verify_ip", "192.168.2.106")
        #expect(expired.status == 2 && expired.verifyErrors == ["10"], "\(expired.text)")
        #expect(
            try self.verify(recipe, "-verify_ip", "192.168.2.106", "-no_check_time").status == 0)
    }

    @Test func aCertificateOfTomorrowIsNotYetValid() throws {
        var recipe = self.forge.honest
        recipe.notBefore = .hours(24)
        #expect(try self.verify(recipe).verifyErrors == ["9"])
    }

    @Test func theDatesAreTheRecipesToTheSecond() throws {
        let now = 1_900_000_000
        let forge = try Forge(
            source: .authority(directory: self.folder["state"]), hosts: ["a"], now: { now })
        var recipe = forge.honest
        recipe.notBefore = .seconds(-100_000)
        recipe.notAfter = .seconds(700_000_001)
        let leaf = try forge.identity(for: recipe).leaf
        #expect(leaf.notBefore.since(now) == .seconds(-100_000))
        #expect(leaf.notAfter.since(now) == .seconds(700_000_001))
        try self.folder.write(leaf.pem(), to: "leaf.pem")
        let dates = try self.folder.openssl(
            "x509", "-in", "leaf.pem", "-noout", "-dates", "-dateopt", "iso_8601"
        ).text
        #expect(
            dates == "notBefore=2030-03-16 14:00:00Z\nnotAfter=2052-05-22 14:13:21Z\n")
    }

    @Test func aRecipeMayHoldAnyText() throws {
        var recipe = self.forge.honest
        recipe.commonName = String(repeating: "long ", count: 40) + "Gerät\0.test"
        recipe.names = [.dns("not a name!\0.update.local"), .dns(""), .ip("0.0.0.0")]
        let leaf = try self.forge.identity(for: recipe).leaf
        #expect(leaf.subject.commonName == recipe.commonName)
        #expect(leaf.names == recipe.names)
    }

    @Test func aRecipeWithoutNamesHasNoSuchExtensionAndOneWithoutCNNoSubject() throws {
        var recipe = self.forge.honest
        recipe.names = []
        try self.folder.write(self.forge.identity(for: recipe))
        let plain = try self.folder.openssl("x509", "-in", "leaf.pem", "-noout", "-text").text
        #expect(!plain.contains("Alternative Name") && plain.contains("CN = 192.168.2.106"))
        recipe = self.forge.honest
        recipe.commonName = ""
        let run = try self.verify(recipe, "-verify_hostname", "update.local")
        #expect(run.status == 0, "\(run.text)")
        let bare = try self.folder.openssl("x509", "-in", "leaf.pem", "-noout", "-text").text
        #expect(bare.contains("Subject: \n"))
        #expect(bare.contains("Subject Alternative Name: critical"))
    }

    @Test func anAddressThatIsNoneCannotBeMinted() throws {
        var recipe = self.forge.honest
        recipe.names = [.ip("fe80::1%eth0")]
        let error = try serverError { _ = try self.forge.identity(for: recipe) }
        #expect(error.description == "'fe80::1%eth0' is no IP address that a certificate can hold")
    }

    @Test func flashesTheCertificateOfTheAuthority() throws {
        #expect(self.forge.trustAnchorPath == self.folder["state/ca_cert.pem"])
        #expect(
            try self.forge.trustAnchorPEM() == self.folder.bytes(of: "state/ca_cert.pem"))
        #expect(self.forge.mintingObstacle == nil && self.forge.notes == [])
    }

    @Test func theHostsOfThisMachineStandInForNone() throws {
        let forge = try Forge(source: .authority(directory: self.folder["state"]))
        #expect(forge.honest == (try .honest(for: Hosts.local())))
    }

    @Test func mintingTakesLessThanThreeMilliseconds() throws {
        let clock = ContinuousClock()
        let times = try (0..<20).map { index in
            var recipe = self.forge.honest
            recipe.commonName = "\(index)"
            return try clock.measure { _ = try self.forge.identity(for: recipe) }
        }
        // The best of many, since other programs run beside this one.
        #expect(times.min() ?? .seconds(1) < .milliseconds(3))
    }
}

@Suite(.timeLimit(.minutes(5)))
struct ForgeCacheTests {
    private let folder: CertificateFolder
    private let clock = Clock()
    private let forge: Forge

    private final class Clock: Sendable {
        private let seconds = Atomic(1_900_000_000)
        func now() -> Int { self.seconds.load(ordering: .relaxed) }
        func advance(_ count: Int) { self.seconds.add(count, ordering: .relaxed) }
    }

    init() throws {
        self.folder = try CertificateFolder()
        self.forge = try Forge(
            source: .authority(directory: self.folder.path), hosts: ["a"], now: self.clock.now)
    }

    @Test func theSameRecipeIsMintedOnce() throws {
        let first = try self.forge.identity(for: self.forge.honest)
        self.clock.advance(86_400)
        #expect(try self.forge.identity(for: self.forge.honest) === first)
        var other = self.forge.honest
        other.commonName = "b"
        #expect(try self.forge.identity(for: other) !== first)
    }

    @Test func anExpiredRecipeIsMintedOnceForever() throws {
        var recipe = self.forge.honest
        recipe.notAfter = .seconds(-1)
        let first = try self.forge.identity(for: recipe)
        self.clock.advance(86_400 * 1_000)
        #expect(try self.forge.identity(for: recipe) === first)
    }

    @Test func aMomentInTheNearFutureStaysInTheFuture() throws {
        for change in [\Certificate.notAfter, \Certificate.notBefore] {
            var recipe = self.forge.honest
            recipe[keyPath: change] = .seconds(100)
            let first = try self.forge.identity(for: recipe)
            self.clock.advance(9)
            #expect(try self.forge.identity(for: recipe) === first)
            self.clock.advance(91)
            let second = try self.forge.identity(for: recipe)
            let moment =
                change == \.notAfter ? second.leaf.notAfter : second.leaf.notBefore
            #expect(moment.since(self.clock.now()) == .seconds(100))
        }
    }

    @Test func anyNumberOfRecipesTakesABoundedNumberOfPlaces() throws {
        let first = try self.forge.identity(for: self.forge.honest)
        for index in 0..<Forge.cacheMax {
            var recipe = self.forge.honest
            recipe.commonName = "\(index)"
            _ = try self.forge.identity(for: recipe)
        }
        #expect(try self.forge.identity(for: self.forge.honest) !== first)
    }

    @Test func threadsMayAskAtOnce() throws {
        let honest = self.forge.honest
        let found = Mutex<[ObjectIdentifier: Int]>([:])
        DispatchQueue.concurrentPerform(iterations: 64) { [forge] index in
            var recipe = honest
            recipe.commonName = "\(index % 4)"
            guard let identity = try? forge.identity(for: recipe) else { return }
            found.withLock { $0[ObjectIdentifier(identity), default: 0] += 1 }
        }
        #expect(found.withLock { $0.values.sorted() } == [16, 16, 16, 16])
    }
}
