import FaultKit
import Foundation
import NIOCore
import Testing

@testable import FaultServer

/// What a user's own certificate and key must be, and what is said if they are not.
@Suite(.timeLimit(.minutes(5)))
struct IdentityFilesTests {
    private let folder: CertificateFolder

    init() throws { self.folder = try CertificateFolder() }

    private func forge(
        _ certificate: String = "cert.pem", _ key: String = "key.pem", hosts: [String] = []
    ) throws -> Forge {
        try Forge(
            source: .files(certificate: self.folder[certificate], key: self.folder[key]),
            hosts: hosts)
    }

    private func error(
        _ certificate: String = "cert.pem", _ key: String = "key.pem"
    ) throws -> ServerError {
        try serverError { _ = try self.forge(certificate, key) }
    }

    /// A server's certificate of a root and an intermediate, made by `openssl`: `chain.pem`,
    /// `key.pem`.
    private func makeChain(root: Bool = false) throws {
        let new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        try self.folder.write(Array("basicConstraints=critical,CA:TRUE\n".utf8), to: "ca.cnf")
        try self.folder.write(
            Array("subjectAltName=DNS:update.local,IP:10.0.0.7,email:a@b.test\n".utf8),
            to: "leaf.cnf")
        try self.folder.make("req -x509 \(new) -keyout root_key.pem -out root.pem -subj /CN=root")
        try self.folder.make("req \(new) -keyout mid_key.pem -out mid.csr -subj /CN=mid")
        try self.folder.make(
            "x509 -req -in mid.csr -CA root.pem -CAkey root_key.pem -extfile ca.cnf -out mid.pem")
        try self.folder.make("req \(new) -keyout key.pem -out leaf.csr -subj /CN=update.local")
        try self.folder.make(
            "x509 -req -in leaf.csr -CA mid.pem -CAkey mid_key.pem -extfile leaf.cnf -days 90 "
                + "-out cert.pem")
        let parts = ["cert.pem", "mid.pem"] + (root ? ["root.pem"] : [])
        try self.folder.write(parts.flatMap { try self.folder.bytes(of: $0) }, to: "chain.pem")
    }

    @Test func aChainIsSentAsItIs() throws {
        try self.makeChain()
        let forge = try self.forge("chain.pem")
        let identity = try forge.identity(for: forge.honest)
        let sent = try ([identity.leaf] + identity.chain).flatMap { try $0.pem() }
        #expect(try sent == self.folder.bytes(of: "chain.pem"))
        #expect(identity.leaf.matches(identity.key))
        #expect(forge.notes == [])
    }

    @Test func theHonestRecipeIsReadFromTheCertificate() throws {
        try self.makeChain()
        let recipe = try self.forge("chain.pem").honest
        #expect(recipe.commonName == "update.local")
        #expect(recipe.names == [.dns("update.local"), .ip("10.0.0.7")])
        let age: TimeAmount = .seconds(0) - recipe.notBefore
        #expect((.seconds(0) ... .seconds(60)).contains(age))
        #expect(recipe.notAfter + age == .hours(90 * 24))
    }

    @Test func anEditedRecipeCannotBeMintedWithAServersCertificate() throws {
        try self.makeChain()
        let forge = try self.forge("chain.pem")
        let obstacle =
            "\(self.folder["chain.pem"]) cannot sign another certificate: it is not a CA "
            + "(no basicConstraints with CA:TRUE); leave out --cert and --key to use the local CA"
        #expect(forge.mintingObstacle == obstacle)
        var recipe = forge.honest
        recipe.commonName = "other"
        let error = try serverError { _ = try forge.identity(for: recipe) }
        #expect(error.description == obstacle)
    }

    @Test func anIntermediateThatIsGivenSignsAndIsSentAlong() throws {
        try self.makeChain()
        let forge = try self.forge("mid.pem", "mid_key.pem")
        var recipe = forge.honest
        recipe.names = [.dns("edited.local")]
        try self.folder.write(forge.identity(for: recipe))
        let verify = try self.folder.openssl(
            "verify", "-CAfile", "root.pem", "-untrusted", "chain.pem", "-verify_hostname",
            "edited.local", "leaf.pem")
        #expect(verify.status == 0, "\(verify.text)")
    }

    @Test func aCAWithoutTheRightToSignIsNone() throws {
        try self.folder.make(
            "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=a "
                + "-addext keyUsage=digitalSignature")
        #expect(
            try self.forge().mintingObstacle?.contains("its keyUsage lacks keyCertSign") == true)
    }

    @Test(arguments: [("mid", false), ("root", true)])
    func flashesTheRootOrElseTheTopOfTheChain(_ name: String, _ hasRoot: Bool) throws {
        try self.makeChain(root: hasRoot)
        let forge = try self.forge("chain.pem")
        #expect(forge.trustAnchor.subject.commonName == name)
        #expect(forge.trustAnchorPath == self.folder["chain.pem"])
    }

    @Test func certificateAndKeyMayShareAFile() throws {
        try self.makeChain()
        let both = try self.folder.bytes(of: "chain.pem") + self.folder.bytes(of: "key.pem")
        try self.folder.write(both, to: "both.pem")
        let forge = try self.forge("both.pem", "both.pem")
        #expect(try forge.identity(for: forge.honest).chain.count == 1)
    }

    @Test(arguments: ["rsa:2048", "ed25519", "ec:secp384r1"])
    func anyKindOfKeyServesAndSigns(_ kind: String) throws {
        let algorithm = kind.split(separator: ":").map { String($0) }
        let options =
            algorithm[0] == "ec"
            ? "-newkey ec -pkeyopt ec_paramgen_curve:\(algorithm[1])" : "-newkey \(kind)"
        try self.folder.make(
            "req -x509 \(options) -nodes -keyout key.pem -out cert.pem -subj /CN=a")
        let forge = try self.forge()
        var recipe = forge.honest
        recipe.commonName = "b"
        try self.folder.write(forge.identity(for: recipe))
        let verify = try self.folder.openssl("verify", "-CAfile", "cert.pem", "leaf.pem")
        #expect(verify.status == 0, "\(verify.text)")
    }

    @Test func anExpiredCertificateIsServedWithANote() throws {
        try self.folder.make("req -newkey rsa:2048 -nodes -keyout key.pem -out a.csr -subj /CN=a")
        try self.folder.make("x509 -req -in a.csr -signkey key.pem -days -1 -out cert.pem")
        let forge = try self.forge()
        let end = try forge.identity(for: forge.honest).leaf.notAfter
        #expect(
            forge.notes == [
                "\(self.folder["cert.pem"]) expired on \(end): devices that check dates refuse it"
            ])
        #expect(forge.honest.notAfter < .hours(0))
    }

    @Test func aHostThatTheCertificateDoesNotNameIsANote() throws {
        try self.makeChain()
        let forge = try self.forge("chain.pem", hosts: ["update.local", "10.0.0.7", "10.0.0.8"])
        let path = self.folder["chain.pem"]
        #expect(
            forge.notes == ["\(path) does not name 10.0.0.8: devices that ask for it will refuse"])
    }

    @Test func saysThatAFileIsMissing() throws {
        try self.folder.make(
            "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=a")
        let certificate = try self.error("none.pem")
        #expect(
            certificate.description
                == "the certificate file \(self.folder["none.pem"]) does not exist")
        #expect(certificate.status == .noInput)
        let key = try self.error("cert.pem", "none.pem")
        #expect(key.description == "the key file \(self.folder["none.pem"]) does not exist")
    }

    @Test func saysThatAFileCannotBeRead() throws {
        try FileManager.default.createDirectory(
            atPath: self.folder["cert.pem"], withIntermediateDirectories: false)
        let error = try self.error()
        #expect(
            error.description == "\(self.folder["cert.pem"]) cannot be read: Is a directory")
        #expect(error.status == .noInput)
    }

    @Test(.enabled(if: geteuid() != 0, "the superuser may read everything"))
    func saysThatAFileMayNotBeRead() throws {
        try self.folder.write([], to: "cert.pem")
        try self.folder.setMode(of: "cert.pem", to: 0)
        let error = try self.error()
        #expect(
            error.description == "\(self.folder["cert.pem"]) cannot be read: Permission denied")
    }

    @Test func saysThatAFileIsNoPEM() throws {
        try self.folder.make(
            "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=a")
        try self.folder.make("x509 -in cert.pem -outform DER -out cert.der")
        try self.folder.make("pkey -in key.pem -outform DER -out key.der")
        try self.folder.write([], to: "empty.pem")
        for name in ["cert.der", "key.pem", "empty.pem"] {
            #expect(
                try self.error(name).description
                    == "\(self.folder[name]) holds no certificate in PEM form")
        }
        for name in ["key.der", "cert.pem", "empty.pem"] {
            #expect(
                try self.error("cert.pem", name).description
                    == "\(self.folder[name]) holds no private key in PEM form")
        }
        try self.folder.write([UInt8](repeating: 0x41, count: 2 << 20), to: "image.bin")
        #expect(
            try self.error("image.bin").description
                == "\(self.folder["image.bin"]) is larger than 1 MiB, so it is no PEM file")
    }

    @Test func saysThatAFileIsDamaged() throws {
        try self.folder.make(
            "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=a")
        for name in ["cert", "key"] {
            var bytes = try self.folder.bytes(of: "\(name).pem")
            bytes.replaceSubrange(100..<104, with: Array("!!!!".utf8))
            try self.folder.write(bytes, to: "bad_\(name).pem")
        }
        let certificate = try self.error("bad_cert.pem").description
        #expect(
            certificate.hasPrefix(
                "\(self.folder["bad_cert.pem"]) holds a certificate that cannot be read: "))
        let key = try self.error("cert.pem", "bad_key.pem").description
        #expect(
            key.hasPrefix(
                "\(self.folder["bad_key.pem"]) holds a private key that cannot be read: "))
        #expect(!key.contains("no reason"))
    }

    @Test(arguments: ["pkey -aes256", "rsa -traditional -aes128"])
    func saysThatTheKeyIsEncryptedWithoutAsking(_ command: String) throws {
        try self.folder.make(
            "req -x509 -newkey rsa:2048 -nodes -keyout plain.pem -out cert.pem -subj /CN=a")
        try self.folder.make("\(command) -in plain.pem -out key.pem -passout pass:secret")
        let path = self.folder["key.pem"]
        let error = try self.error()
        #expect(
            error.description == "the private key in \(path) is encrypted; write one without a "
                + "passphrase with `openssl pkey -in \(path) -out server_key.pem`")
        #expect(error.status == .data)
    }

    @Test func saysThatCertificateAndKeyDoNotMatch() throws {
        try self.makeChain()
        let error = try self.error("chain.pem", "root_key.pem")
        #expect(
            error.description == "the key in \(self.folder["root_key.pem"]) does not belong to the "
                + "certificate in \(self.folder["chain.pem"])")
        let order = try self.error("chain.pem", "mid_key.pem")
        #expect(
            order.description == "the key in \(self.folder["mid_key.pem"]) belongs to a later "
                + "certificate in \(self.folder["chain.pem"]); put the server's own certificate "
                + "first")
    }

    @Test func errorsLeaveNothingInOpenSSLsQueue() throws {
        try self.makeChain()
        _ = try self.error("key.pem")
        _ = try self.error("chain.pem", "cert.pem")
        _ = try self.error("chain.pem", "root_key.pem")
        _ = try self.forge("chain.pem")
        #expect(OpenSSLErrors.drain() == [])
    }
}
