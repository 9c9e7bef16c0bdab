import FaultKit
import Foundation
import Testing

@testable import FaultServer

@Suite(.timeLimit(.minutes(5)))
struct AuthorityTests {
    @Test func makesAFolderForItsOwnerAloneWithACAInIt() throws {
        let folder = try CertificateFolder()
        let authority = try Authority.open(in: folder["state/deep/faultserve"])
        #expect(try folder.mode(of: "state") == 0o700)
        #expect(try folder.mode(of: "state/deep/faultserve") == 0o700)
        #expect(try folder.mode(of: "state/deep/faultserve/ca_key.pem") == 0o600)
        #expect(try folder.mode(of: "state/deep/faultserve/ca_cert.pem") == 0o644)
        #expect(authority.certificatePath == folder["state/deep/faultserve/ca_cert.pem"])
        #expect(
            try folder.bytes(of: "state/deep/faultserve/ca_cert.pem") == authority.certificatePEM)
        let entries = try FileManager.default.contentsOfDirectory(
            atPath: folder["state/deep/faultserve"])
        #expect(entries.sorted() == ["ca_cert.pem", "ca_key.pem"])
    }

    @Test func theCAIsWhatDevicesExpectOfOne() throws {
        let folder = try CertificateFolder()
        _ = try Authority.open(in: folder.path)
        let text = try folder.openssl("x509", "-in", "ca_cert.pem", "-noout", "-text").text
        for line in [
            "Version: 3 (0x2)", "Signature Algorithm: ecdsa-with-SHA256", "ASN1 OID: prime256v1",
            "X509v3 Basic Constraints: critical\n                CA:TRUE",
            "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign",
            "X509v3 Subject Key Identifier:",
        ] {
            #expect(text.contains(line))
        }
        let name = /Subject: CN = faultserve test CA [0-9a-f]{8}\n/
        #expect(text.contains(name))
        let twentyYears = "\(20 * 365 * 86_400 - 86_400)"
        let end = try folder.openssl(
            "x509", "-in", "ca_cert.pem", "-noout", "-checkend", twentyYears)
        #expect(end.status == 0)
        let verify = try folder.openssl(
            "verify", "-x509_strict", "-check_ss_sig", "-CAfile", "ca_cert.pem", "ca_cert.pem")
        #expect(verify.text == "ca_cert.pem: OK\n")
        // Valid for devices whose clock is half a year behind.
        let past = "\(WallClock.now() - 180 * 86_400)"
        let behind = try folder.openssl(
            "verify", "-attime", past, "-CAfile", "ca_cert.pem", "ca_cert.pem")
        #expect(behind.status == 0)
    }

    @Test func serialNumbersArePositiveLongAndNeverTheSame() throws {
        let folder = try CertificateFolder()
        let serials = try (0..<8).map { index in
            _ = try Authority.open(in: folder["\(index)"])
            return try folder.openssl(
                "x509", "-in", "\(index)/ca_cert.pem", "-noout", "-serial"
            ).text
        }
        #expect(Set(serials).count == 8)
        // 127 bits with the highest set: 32 digits, the first from 4 to 7.
        for serial in serials { #expect(serial.contains(/^serial=[4-7][0-9A-F]{31}\n$/)) }
    }

    @Test func isTheSameWhenOpenedAgain() throws {
        let folder = try CertificateFolder()
        let first = try Authority.open(in: folder.path)
        let key = try folder.bytes(of: "ca_key.pem")
        let second = try Authority.open(in: folder.path)
        #expect(first.certificatePEM == second.certificatePEM)
        #expect(try folder.bytes(of: "ca_key.pem") == key)
        #expect(second.issuer.certificate.matches(first.issuer.key))
    }

    @Test(arguments: 0..<10)
    func serversThatStartAtOnceEndWithTheSameCA(_ round: Int) async throws {
        let folder = try CertificateFolder()
        let path = folder["state"]
        let found = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            let gate = Gate(count: 8)
            for _ in 0..<8 {
                group.addTask {
                    try await withCheckedThrowingContinuation { continuation in
                        Thread.detachNewThread {
                            gate.wait()
                            continuation.resume(
                                with: Result {
                                    let authority = try Authority.open(in: path)
                                    try #require(
                                        authority.issuer.certificate.matches(authority.issuer.key))
                                    return authority.certificatePEM
                                })
                        }
                    }
                }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(found.count == 1)
        let entries = try FileManager.default.contentsOfDirectory(atPath: path)
        #expect(entries.sorted() == ["ca_cert.pem", "ca_key.pem"], "no temporary file is left")
    }

    @Test func aRunThatDiedBetweenKeyAndCertificateIsFinished() throws {
        let folder = try CertificateFolder()
        _ = try Authority.open(in: folder.path)
        let key = try folder.bytes(of: "ca_key.pem")
        try FileManager.default.removeItem(atPath: folder["ca_cert.pem"])
        let authority = try Authority.open(in: folder.path)
        #expect(try folder.bytes(of: "ca_key.pem") == key)
        #expect(authority.issuer.certificate.matches(authority.issuer.key))
    }

    @Test func livesInTheStateFolderOfTheUser() {
        #expect(Authority.directory(stateHome: "/s", home: "/h") == "/s/faultserve")
        #expect(
            Authority.directory(stateHome: nil, home: "/h") == "/h/.local/state/faultserve")
        #expect(
            Authority.directory(stateHome: "relative", home: "/h") == "/h/.local/state/faultserve")
        #expect(Authority.directory(stateHome: "", home: "/h") == "/h/.local/state/faultserve")
    }
}

/// What is wrong with a folder is said in a sentence that helps.
@Suite(.timeLimit(.minutes(5)))
struct AuthorityErrorTests {
    @Test(arguments: [0o644, 0o640, 0o620, 0o602])
    func refusesAKeyThatOthersCanUse(_ mode: Int) throws {
        let folder = try CertificateFolder()
        _ = try Authority.open(in: folder.path)
        try folder.setMode(of: "ca_key.pem", to: mode)
        let error = try serverError { _ = try Authority.open(in: folder.path) }
        #expect(
            error.description
                == "\(folder["ca_key.pem"]) can be used by others than its owner, and "
                + "with it anybody can pose as any server; run `chmod 600 \(folder["ca_key.pem"])`")
        #expect(error.status == .data)
        try folder.setMode(of: "ca_key.pem", to: 0o400)
        #expect(throws: Never.self) { try Authority.open(in: folder.path) }
    }

    @Test func saysThatTheKeyIsMissing() throws {
        let folder = try CertificateFolder()
        _ = try Authority.open(in: folder.path)
        try FileManager.default.removeItem(atPath: folder["ca_key.pem"])
        let error = try serverError { _ = try Authority.open(in: folder.path) }
        #expect(
            error.description
                == "\(folder["ca_key.pem"]) is missing beside ca_cert.pem; put it back, "
                + "or remove the certificate to get a new CA")
        #expect(try folder.names == ["ca_cert.pem"], "no key was made that does not fit")
    }

    @Test func saysThatKeyAndCertificateAreOfTwoPairs() throws {
        let folder = try CertificateFolder()
        _ = try Authority.open(in: folder["a"])
        _ = try Authority.open(in: folder["b"])
        try folder.write(folder.bytes(of: "b/ca_cert.pem"), to: "a/ca_cert.pem")
        let error = try serverError { _ = try Authority.open(in: folder["a"]) }
        #expect(
            error.description
                == "\(folder["a/ca_cert.pem"]) does not belong to the ca_key.pem beside "
                + "it; remove both to get a new CA, which devices must then be flashed with")
    }

    @Test func saysThatTheCertificateIsNoCA() throws {
        let folder = try CertificateFolder()
        try folder.make(
            "req -x509 -newkey rsa:2048 -keyout ca_key.pem -out ca_cert.pem -nodes -subj /CN=x "
                + "-addext basicConstraints=critical,CA:FALSE")
        try folder.setMode(of: "ca_key.pem", to: 0o600)
        let error = try serverError { _ = try Authority.open(in: folder.path) }
        #expect(
            error.description == "\(folder["ca_cert.pem"]) cannot sign the server's certificate: "
                + "it is not a CA (no basicConstraints with CA:TRUE)")
    }

    @Test func saysThatTheFolderCannotBeMade() throws {
        let folder = try CertificateFolder()
        try folder.write([], to: "file")
        let error = try serverError { _ = try Authority.open(in: folder["file/state"]) }
        #expect(
            error.description
                == "cannot make the folder \(folder["file/state"]): Not a directory")
        #expect(error.status == .unavailable)
    }
}

@Suite(.timeLimit(.minutes(5)))
struct AuthorityExportTests {
    @Test func writesWhatAnotherServerNeeds() throws {
        let folder = try CertificateFolder()
        let authority = try Authority.open(in: folder["state"])
        let written = try authority.export(
            to: folder["out"], hosts: ["update.local", "10.0.0.7"], force: false)
        #expect(
            written.paths == [
                folder["out/server_key.pem"], folder["out/server_cert.pem"],
                folder["out/ca_cert.pem"],
            ])
        #expect(try folder.mode(of: "out/server_key.pem") == 0o600)
        #expect(try folder.mode(of: "out/server_cert.pem") == 0o644)
        #expect(try folder.bytes(of: "out/ca_cert.pem") == authority.certificatePEM)
        for check in [["-verify_hostname", "update.local"], ["-verify_ip", "10.0.0.7"]] {
            let verify = try folder.openssl(
                "verify", "-CAfile", "out/ca_cert.pem", check[0], check[1], "out/server_cert.pem")
            #expect(verify.status == 0, "\(verify.text)")
        }
        let public1 = try folder.openssl("pkey", "-in", "out/server_key.pem", "-pubout").text
        let public2 = try folder.openssl(
            "x509", "-in", "out/server_cert.pem", "-noout", "-pubkey"
        ).text
        #expect(public1 == public2 && public1.contains("BEGIN PUBLIC KEY"))
    }

    @Test func tellsWhatADeviceMustMatch() throws {
        let folder = try CertificateFolder()
        let authority = try Authority.open(in: folder["state"])
        let facts = try authority.export(
            to: folder["out"], hosts: ["10.0.0.7", "a.local"], force: false
        ).facts
        let fingerprint = try folder.openssl(
            "x509", "-in", "out/server_cert.pem", "-noout", "-fingerprint", "-sha256"
        ).text.split(separator: "=")[1].dropLast()
        let dates = try folder.openssl(
            "x509", "-in", "out/server_cert.pem", "-noout", "-dates", "-dateopt", "iso_8601"
        ).text.split(separator: "\n").map { $0.split(separator: "=")[1] }
        #expect(
            facts == [
                "CN       10.0.0.7",
                "names    IP:10.0.0.7, DNS:10.0.0.7, DNS:a.local",
                "valid    \(dates[0]) to \(dates[1])",
                "issuer   \(authority.issuer.certificate.subject)",
                "SHA-256  \(fingerprint)",
            ])
    }

    @Test func replacesNothingUnlessForced() throws {
        let folder = try CertificateFolder()
        let authority = try Authority.open(in: folder["state"])
        _ = try authority.export(to: folder["out"], hosts: ["a"], force: false)
        let before = try folder.bytes(of: "out/server_key.pem")
        let error = try serverError {
            _ = try authority.export(to: folder["out"], hosts: ["a"], force: false)
        }
        #expect(
            error.description == "\(folder["out/server_key.pem"]) is there already; remove it, or "
                + "replace it with --force")
        #expect(try folder.bytes(of: "out/server_key.pem") == before)
        _ = try authority.export(to: folder["out"], hosts: ["a"], force: true)
        #expect(try folder.bytes(of: "out/server_key.pem") != before)
        #expect(try folder.mode(of: "out/server_key.pem") == 0o600)
    }

    @Test func writesNothingIfOneFileIsInTheWay() throws {
        let folder = try CertificateFolder()
        let authority = try Authority.open(in: folder["state"])
        try folder.write(Array("mine".utf8), to: "ca_cert.pem")
        let error = try serverError {
            _ = try authority.export(to: folder.path, hosts: ["a"], force: false)
        }
        #expect(error.description.hasPrefix("\(folder["ca_cert.pem"]) is there already"))
        #expect(try folder.names == ["ca_cert.pem", "state"])
    }

    @Test func goesIntoItsOwnFolderToo() throws {
        let folder = try CertificateFolder()
        let authority = try Authority.open(in: folder.path)
        _ = try authority.export(to: folder.path, hosts: ["a"], force: false)
        #expect(try folder.bytes(of: "ca_cert.pem") == authority.certificatePEM)
    }
}

/// Lets threads go at the same moment.
private final class Gate: @unchecked Sendable {
    private let condition = NSCondition()
    private var missing: Int

    init(count: Int) { self.missing = count }

    func wait() {
        self.condition.withLock {
            self.missing -= 1
            if self.missing == 0 { self.condition.broadcast() }
            while self.missing > 0 { self.condition.wait() }
        }
    }
}
