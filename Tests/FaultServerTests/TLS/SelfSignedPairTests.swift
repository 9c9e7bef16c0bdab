import FaultKit
import Foundation
import NIOCore
import Testing

@testable import FaultServer

@Suite(.timeLimit(.minutes(5)))
struct SelfSignedPairTests {
    private let folder: CertificateFolder

    init() throws { self.folder = try CertificateFolder() }

    @Test func isWhatTheReadersOfTheExampleWouldMake() throws {
        _ = try SelfSignedPair.write(to: self.folder["ours"], host: "10.0.0.7", force: false)
        try FileManager.default.createDirectory(
            atPath: self.folder["theirs"], withIntermediateDirectories: false)
        try self.folder.make(
            "req -x509 -newkey rsa:2048 -keyout theirs/ca_key.pem -out theirs/ca_cert.pem -days 365 "
                + "-nodes -subj /CN=10.0.0.7")
        let texts = try ["ours", "theirs"].map {
            try self.folder.openssl("x509", "-in", "\($0)/ca_cert.pem", "-noout", "-text").text
        }
        for part in [
            "Version: 3 (0x2)", "sha256WithRSAEncryption", "Public-Key: (2048 bit)",
            "Issuer: CN = 10.0.0.7\n", "Subject: CN = 10.0.0.7\n",
            "X509v3 Subject Key Identifier:", "X509v3 Authority Key Identifier:",
            "X509v3 Basic Constraints: critical\n                CA:TRUE",
        ] {
            for text in texts { #expect(text.contains(part), "\(part) in \(text)") }
        }
        #expect(texts[0].contains("IP Address:10.0.0.7, DNS:10.0.0.7"))
        #expect(!texts[0].contains("Key Usage"), "neither has one")
        let keys = try ["ours", "theirs"].map { try self.folder.bytes(of: "\($0)/ca_key.pem") }
        for key in keys { #expect(key.starts(with: Array("-----BEGIN PRIVATE KEY-----\n".utf8))) }
        #expect(try self.folder.mode(of: "ours/ca_key.pem") == 0o600)
        #expect(try self.folder.mode(of: "ours/ca_cert.pem") == 0o644)
    }

    @Test func isTrustedByWhoHasIt() throws {
        let written = try SelfSignedPair.write(
            to: self.folder.path, host: "update.local", force: false)
        #expect(written.paths == [self.folder["ca_key.pem"], self.folder["ca_cert.pem"]])
        #expect(written.facts.contains("issuer   itself"))
        #expect(written.facts.contains("names    DNS:update.local"))
        let verify = try self.folder.openssl(
            "verify", "-CAfile", "ca_cert.pem", "-purpose", "sslserver", "-verify_hostname",
            "update.local", "ca_cert.pem")
        #expect(verify.status == 0, "\(verify.text)")
    }

    @Test func replacesNothingUnlessForced() throws {
        _ = try SelfSignedPair.write(to: self.folder.path, host: "a", force: false)
        let before = try self.folder.bytes(of: "ca_cert.pem")
        let error = try serverError {
            _ = try SelfSignedPair.write(to: self.folder.path, host: "a", force: false)
        }
        #expect(
            error.description == "\(self.folder["ca_key.pem"]) is there already; remove it, or "
                + "replace it with --force")
        #expect(try self.folder.bytes(of: "ca_cert.pem") == before)
        _ = try SelfSignedPair.write(to: self.folder.path, host: "a", force: true)
        #expect(try self.folder.bytes(of: "ca_cert.pem") != before)
        #expect(try self.folder.names == ["ca_cert.pem", "ca_key.pem"])
    }

    @Test func refusesAHostThatNoCNHolds() throws {
        let host = String(repeating: "a", count: 61) + ".test"
        let error = try serverError {
            _ = try SelfSignedPair.write(to: self.folder.path, host: host, force: false)
        }
        #expect(error.description == "'\(host)' is longer than the 64 characters of a CN")
        #expect(try self.folder.names == [])
    }

    @Test func aRootThatHoldsThePairIsServedWithIt() throws {
        #expect(IdentitySource.pair(inRoot: self.folder.path) == nil)
        _ = try SelfSignedPair.write(to: self.folder.path, host: "10.0.0.7", force: false)
        let source = try #require(IdentitySource.pair(inRoot: self.folder.path))
        let forge = try Forge(source: source)
        let identity = try forge.identity(for: forge.honest)
        #expect(try identity.leaf.pem() == self.folder.bytes(of: "ca_cert.pem"))
        #expect(identity.chain.isEmpty)
        #expect(try forge.trustAnchorPEM() == self.folder.bytes(of: "ca_cert.pem"))
        #expect(forge.honest.commonName == "10.0.0.7")
        try FileManager.default.removeItem(atPath: self.folder["ca_key.pem"])
        #expect(IdentitySource.pair(inRoot: self.folder.path) == nil)
    }

    /// Of the pair that `openssl` makes, which holds no names but the CN.
    @Test func aDeviceThatIsFlashedWithItTrustsEditedCertificates() throws {
        try self.folder.make(
            "req -x509 -newkey rsa:2048 -keyout ca_key.pem -out ca_cert.pem -days 365 -nodes "
                + "-subj /CN=10.0.0.7")
        let source = try #require(IdentitySource.pair(inRoot: self.folder.path))
        let forge = try Forge(source: source)
        #expect(forge.mintingObstacle == nil)
        #expect(forge.honest.names == [])
        var recipe = forge.honest
        recipe.names = [.dns("wrong.invalid")]
        try self.folder.write(forge.identity(for: recipe))
        let trusted = try self.folder.openssl("verify", "-CAfile", "ca_cert.pem", "leaf.pem")
        #expect(trusted.status == 0, "\(trusted.text)")
        let name = try self.folder.openssl(
            "verify", "-CAfile", "ca_cert.pem", "-verify_ip", "10.0.0.7", "leaf.pem")
        #expect(name.verifyErrors == ["64"], "\(name.text)")
        recipe = forge.honest
        recipe.notAfter = .hours(-1)
        try self.folder.write(forge.identity(for: recipe))
        let date = try self.folder.openssl("verify", "-CAfile", "ca_cert.pem", "leaf.pem")
        #expect(date.verifyErrors == ["10"], "\(date.text)")
    }
}
