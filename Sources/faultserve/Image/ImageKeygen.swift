import ArgumentParser
import FaultServer
import FirmwareImage
import ImageSigning

/// `faultserve image keygen`.
struct ImageKeygen: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen", abstract: "Make a key that images are signed with.",
        discussion: """
            Writes a private key, PKCS#8 in PEM, that espsecure and openssl read too, and says what its \
            digest is: what a chip's eFuses hold, and what 'faultserve image verify' shows.
            """)

    @Option(help: "\(SignatureScheme.allCases.map(\.rawValue).joined(separator: ", ")).")
    var scheme = SignatureScheme.rsa3072

    @OptionGroup var output: OutputFile

    func run() throws {
        let key: SigningKey
        let pem: [UInt8]
        do throws(SigningError) {
            key = try SigningKey.generate(self.scheme)
            pem = try key.pem()
        } catch {
            throw ServerError(.software, error.description)
        }
        try self.output.write(pem, isSecret: true)
        Terminal.write(
            "\(self.output.path): \(self.scheme.rawValue), key \(key.verificationKey.digest.hexadecimalDigits)"
        )
    }
}
