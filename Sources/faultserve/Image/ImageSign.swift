import ArgumentParser
import FaultServer
import FirmwareImage
import ImageSigning

/// `faultserve image sign`.
struct ImageSign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Sign an image for Secure Boot v2.",
        discussion: """
            The file is padded with 0xFF to a multiple of 4096, and a sector with the signature comes \
            behind it. Signatures that a file has already are replaced, or kept with --append: there is \
            room for three.
            """)

    @Argument(help: "The file to sign: an app, a bootloader or a partition table.")
    var file: String

    @Option(help: "A PEM file with the private key: RSA-3072, or ECDSA on P-256 or P-192.")
    var key: String

    @Flag(help: "Add to the signatures that the file has.")
    var append = false

    @OptionGroup var output: OutputFile

    func run() throws {
        let keyFile = try KeyFile(self.key)
        let key = try keyFile.signingKey()
        var input = try InputFile(self.file)
        let layout = SignatureLayout(of: input.bytes)
        let tail: [UInt8]
        do {
            tail = try layout.tail(
                signing: layout.digest(of: input.bytes), with: key, keepsOthers: self.append)
        } catch let error as SignatureSectorIsFull {
            throw ServerError(.data, "\(self.file): \(error)")
        } catch {
            throw ServerError(.software, "\(error)")
        }
        input.bytes.replaceSubrange(layout.contentSize..., with: tail)
        try self.output.write(input.bytes, madeFrom: [input, keyFile.input])
        let before = layout.sector.map { _ in
            self.append ? ", beside others" : ", in place of others"
        }
        Terminal.write(
            "\(self.output.path): \(layout.sectorOffset) bytes signed, "
                + "\(key.scheme.rawValue) with key \(key.verificationKey.digest.hexadecimalDigits)"
                + (before ?? ""))
    }
}
