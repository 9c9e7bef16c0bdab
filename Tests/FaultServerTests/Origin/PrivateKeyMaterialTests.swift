import Foundation
import Testing

@testable import FaultServer

/// Keys and what resembles them, made by `openssl` in each form that it writes.
@Suite(.timeLimit(.minutes(5)))
struct PrivateKeyMaterialTests {
    private let folder: CertificateFolder

    init() throws {
        self.folder = try CertificateFolder()
        try self.folder.make("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa")
        try self.folder.make("ecparam -name prime256v1 -genkey -noout -out ec")
        try self.folder.make("req -x509 -key ec -out cert -subj /CN=a")
    }

    private func isKey(_ name: String) throws -> Bool {
        let bytes = try self.folder.bytes(of: name)
        return PrivateKeyMaterial.isPresent(in: bytes, fileSize: bytes.count)
    }

    @Test(arguments: [
        "pkey -in rsa", "pkey -in rsa -traditional", "pkey -in ec", "pkey -in ec -traditional",
        "pkey -in rsa -aes256 -passout pass:x", "rsa -in rsa -traditional -aes128 -passout pass:x",
        "pkey -in rsa -outform DER", "rsa -in rsa -traditional -outform DER",
        "pkey -in ec -outform DER", "ec -in ec -outform DER",
        "pkcs8 -in rsa -topk8 -outform DER -passout pass:x",
        "pkcs8 -in rsa -topk8 -outform DER -v1 PBE-SHA1-3DES -passout pass:x",
        "genpkey -algorithm ED25519", "genpkey -algorithm ED25519 -outform DER",
        "pkcs12 -export -inkey ec -in cert -passout pass:x", "ecparam -name prime256v1 -genkey",
    ])
    func findsKeysInEachForm(_ command: String) throws {
        try self.folder.make(command + " -out key")
        #expect(try self.isKey("key"))
    }

    @Test(arguments: [
        "x509 -in cert", "x509 -in cert -outform DER", "x509 -in cert -text",
        "req -new -key rsa -subj /CN=a", "req -new -key rsa -subj /CN=a -outform DER",
        "pkey -in rsa -pubout", "pkey -in rsa -pubout -outform DER",
        "rsa -in rsa -RSAPublicKey_out -outform DER", "rsa -in rsa -RSAPublicKey_out",
        "pkey -in ec -pubout -outform DER", "crl2pkcs7 -nocrl -certfile cert -outform DER",
        "ecparam -name prime256v1 -outform DER",
    ])
    func letsPassWhatIsPublic(_ command: String) throws {
        try self.folder.make(command + " -out public")
        #expect(try !self.isKey("public"))
    }

    @Test func findsKeysOfOpenSSHAndPGP() {
        for label in ["OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK", "ANY PRIVATE KEY"] {
            let text = Array("\u{FEFF}\n-----BEGIN \(label)-----\nAAAA\n".utf8)
            #expect(PrivateKeyMaterial.isPresent(in: text, fileSize: text.count))
        }
    }

    @Test func findsAKeyBehindOtherText() throws {
        let key = try self.folder.bytes(of: "rsa")
        let behind = try self.folder.bytes(of: "cert") + key
        #expect(PrivateKeyMaterial.isPresent(in: behind, fileSize: behind.count))
        let unix = String(decoding: key, as: UTF8.self)
        for text in [
            unix.replacingOccurrences(of: "\n", with: "\r\n"),
            unix.replacingOccurrences(of: "\n", with: " \t\n"),
            "{\"key\": \"" + unix.replacingOccurrences(of: "\n", with: "\\n") + "\"}",
            "------" + unix,
        ] {
            #expect(PrivateKeyMaterial.isPresent(in: Array(text.utf8), fileSize: text.utf8.count))
        }
    }

    @Test(arguments: [
        String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf16, .utf32LittleEndian,
    ])
    func findsKeysInWiderText(_ encoding: String.Encoding) throws {
        let key = String(decoding: try self.folder.bytes(of: "ec"), as: UTF8.self)
        let wide = [UInt8](try #require(("first\n" + key).data(using: encoding)))
        #expect(PrivateKeyMaterial.isPresent(in: wide, fileSize: wide.count))
    }

    @Test func servesImagesOfFirmwareWhateverIsInThem() throws {
        let image = [0xE9, 0x05, 0x02, 0x20] + (try self.folder.bytes(of: "rsa"))
        #expect(!PrivateKeyMaterial.isPresent(in: image, fileSize: image.count))
    }

    @Test func servesWhatOnlySpeaksOfKeys() {
        for text in [
            "", "-----BEGIN ", "-----BEGIN PRIVATE KEY----\nAAAA", "----BEGIN PRIVATE KEY-----\n",
            "looks for `-----BEGIN PRIVATE KEY-----` and refuses", "-----END PRIVATE KEY-----\n",
            "-----BEGIN CERTIFICATE-----\nPRIVATE KEY-----\n",
            "-----BEGIN RSA PRIVATE KEY-----\0-----END RSA PRIVATE KEY-----\0",
        ] {
            let bytes = Array(text.utf8)
            #expect(!PrivateKeyMaterial.isPresent(in: bytes, fileSize: bytes.count), "\(text)")
        }
    }

    /// Other things begin with a SEQUENCE too: what counts is that it is the whole file.
    @Test func aKeyInDERIsTheWholeFile() throws {
        try self.folder.make("pkey -in rsa -outform DER -out key")
        let key = try self.folder.bytes(of: "key")
        let size = key.count
        #expect(!PrivateKeyMaterial.isPresent(in: key, fileSize: size + 1))
        #expect(!PrivateKeyMaterial.isPresent(in: key, fileSize: size - 1))
        #expect(PrivateKeyMaterial.isPresent(in: key.prefix(16), fileSize: size))
        for count in 0..<8 {
            // Too short to tell, and no reason to crash.
            #expect(!PrivateKeyMaterial.isPresent(in: key.prefix(count), fileSize: count))
        }
        for bytes in [[0x30, 0x80], [0x30, 0x84, 1], [0x30, 0x89], [0x30], [0x30, 0x00]] {
            #expect(
                !PrivateKeyMaterial.isPresent(in: bytes.map { UInt8($0) }, fileSize: bytes.count))
        }
    }

    @Test func knowsTheNamesOfKeyFiles() {
        for name in [
            "server.key", "ca_key.pem", "ca-key.pem", "SERVER.KEY", "a.p12", "b.Pfx", "c.jks",
        ] {
            #expect(PrivateKeyMaterial.isKeyName(name), "\(name)")
        }
        for name in [
            "ca_cert.pem", "key.txt", "keys", "hello.bin", "monkey.pem", "p12", "a.key.bin",
        ] {
            #expect(!PrivateKeyMaterial.isKeyName(name), "\(name)")
        }
    }
}
