import FirmwareImage
import Foundation
import ImageSigning
import Testing

/// Keys: made, written, read, refused.
struct KeyTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func openssl(_ words: String...) throws -> String {
        let done = try Outside.run(["openssl"] + words)
        try #require(done.status == 0, "\(done.output)")
        return done.output
    }

    @Test(.needsEsptool, .timeLimit(.minutes(5)), arguments: SignatureScheme.allCases)
    func espsecureHasTheSameDigestOfOurKeys(scheme: SignatureScheme) throws {
        let key = try Keys.key(scheme)
        try Espsecure.with { espsecure in
            try espsecure.write(key.pem(), "key.pem")
            let done = try espsecure.run([
                "digest_sbv2_public_key", "--keyfile", espsecure.path("key.pem"), "--output",
                espsecure.path("digest"),
            ])
            #expect(done.status == 0, "\(done.output)")
            #expect(try espsecure.read("digest") == key.verificationKey.digest)
        }
        #expect(try key.sign(digest: [UInt8](1...32)).keyDigest == key.verificationKey.digest)
    }

    @Test(.needsEsptool, .timeLimit(.minutes(5)), arguments: SignatureScheme.allCases)
    func readsTheKeysThatEspsecureMakes(scheme: SignatureScheme) throws {
        try Espsecure.with { espsecure in
            try espsecure.run([
                "generate_signing_key", "--version", "2", "--scheme", scheme.rawValue,
                espsecure.path("key.pem"),
            ])
            let pem = try espsecure.read("key.pem")
            let key = try SigningKey(pem: pem, name: "key.pem")
            #expect(key.scheme == scheme)
            let file = try signed([1, 2, 3], key)
            #expect(try espsecure.accepts(file, key: key))
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: SignatureScheme.allCases)
    func opensslReadsOurKeys(scheme: SignatureScheme) throws {
        let key = try Keys.key(scheme)
        try Outside.withFolder { folder in
            let path = folder.appending(path: "key.pem")
            try Data(key.pem()).write(to: path)
            let text = try Self.openssl("pkey", "-check", "-noout", "-text", "-in", path.path)
            #expect(text.contains("Key is valid"))
            let kind = [
                SignatureScheme.rsa3072: "3072 bit", .ecdsa192: "prime192v1",
                .ecdsa256: "prime256v1",
            ]
            #expect(try text.contains(#require(kind[scheme])), "\(text)")

            let again = try SigningKey(pem: key.pem(), name: "key.pem")
            #expect(again.verificationKey.bytes == key.verificationKey.bytes)
            let publicPEM = try Self.openssl("pkey", "-pubout", "-in", path.path)
            let half = try VerificationKey(pem: Self.bytes(publicPEM), name: "pub.pem")
            #expect(half.bytes == key.verificationKey.bytes && half.scheme == scheme)
            let digest = SHA256.digest(of: [1, 2, 3])
            #expect(half.verifies(try key.sign(digest: digest), digest: digest) == true)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func readsAKeyBehindOtherThingsInItsFile() throws {
        let text = try Self.openssl("ecparam", "-name", "prime256v1", "-genkey")
        #expect(text.hasPrefix("-----BEGIN EC PARAMETERS"))
        #expect(try SigningKey(pem: Self.bytes(text), name: "k").scheme == .ecdsa256)
    }

    @Test(.timeLimit(.minutes(5)))
    func saysWhyAKeyCannotBeUsed() throws {
        func failure(_ text: String) -> String {
            do throws(SigningError) {
                _ = try SigningKey(pem: Self.bytes(text), name: "K.pem")
                return "it can"
            } catch {
                return error.description
            }
        }
        let rsa2048 = failure(try Self.openssl("genrsa", "2048"))
        #expect(rsa2048.hasPrefix("K.pem is a key of type RSA with 2048 bits, and"))
        #expect(rsa2048.contains("RSA with 3072 bits") && rsa2048.contains("image keygen -o"))
        let p384 = failure(try Self.openssl("ecparam", "-name", "secp384r1", "-genkey", "-noout"))
        #expect(p384.contains("type EC on secp384r1"))
        let ed25519 = failure(try Self.openssl("genpkey", "-algorithm", "ed25519"))
        #expect(ed25519.contains("type ED25519"))
        let exponent = failure(
            try Self.openssl(
                "genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072",
                "-pkeyopt",
                "rsa_keygen_pubexp:4294967297"))
        #expect(exponent.contains("The e of the key has more than 4 bytes"))
        #expect(failure("").contains("no private key in PEM form"))
        #expect(failure("hello").contains("no private key in PEM form"))
        let garbage = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
        #expect(failure(garbage).contains("a private key that cannot be read"))

        let pem = String(decoding: try Keys.key(.ecdsa256).pem(), as: UTF8.self)
        try Outside.withFolder { folder in
            let path = folder.appending(path: "key.pem")
            try Data(pem.utf8).write(to: path)
            let encrypted = failure(
                try Self.openssl("pkey", "-aes128", "-passout", "pass:x", "-in", path.path))
            #expect(encrypted.contains("is encrypted") && encrypted.contains("openssl pkey"))
            let half = failure(try Self.openssl("pkey", "-pubout", "-in", path.path))
            #expect(half.contains("a public key, which can only verify"))
        }
        #expect(throws: SigningError.self) { try VerificationKey(pem: [], name: "K.pem") }
    }
}
