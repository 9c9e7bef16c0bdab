import ArgumentParser
import FaultServer
import FirmwareImage
import ImageSigning

/// `faultserve image edit`.
struct ImageEdit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Set fields of an image, and seal it again.",
        discussion: """
              faultserve image edit app.bin --set header.chip_id=esp32s3 -o wrong-chip.bin
              faultserve image edit app.bin --set app.version=2.0.1 --reseal none -o stale.bin

            'faultserve image inspect' shows the fields. --reseal says what is made right afterwards: none, \
            checksum, or full, which is checksum and SHA-256. A signed image is signed again with --key; \
            without it the old signature stays, and is wrong.
            """)

    @Argument(help: "The file to read.")
    var file: String

    @Option(
        help: .init("A field and its new value (repeatable).", valueName: "name=value"))
    var set: [FieldSetting]

    @Option(help: "What is made right afterwards: none, checksum or full.")
    var reseal = Reseal.full

    @Option(help: "A PEM file with the private key to sign a signed image with again.")
    var key: String?

    @OptionGroup var output: OutputFile

    func run() throws {
        let key = try self.key.map { try KeyFile($0) }
        let signer = try key?.signingKey()
        var input = try InputFile(self.file)
        do {
            let map = try AppImageMap(of: input.bytes)
            guard signer == nil || map.signature != nil else {
                throw ServerError(
                    .data,
                    "\(self.file) is not signed, so that --key has nothing to sign again; edit it without "
                        + "--key, and sign it with `faultserve image sign`")
            }
            let fields = try map.fields(of: input.bytes)
            for setting in self.set { try setting.apply(to: &input.bytes, fields) }
            let sealed = try map.reseal(&input.bytes, self.reseal)
            if let signer {
                try sealed.signAgain(&input.bytes) { digest, _ in try signer.sign(digest: digest) }
            }
        } catch let flaw as AppImageFlaw {
            throw ServerError(.data, "\(self.file) is no app image that can be edited: \(flaw)")
        } catch let error as ImageFieldError {
            throw ServerError(.usage, "\(error)")
        }
        try self.output.write(input.bytes, madeFrom: [input] + [key?.input].compactMap { $0 })
        let flaw = try AppImageInspection(of: input.bytes).firstFlaw
        Terminal.write("\(self.output.path): " + (flaw.map { "not valid: \($0)" } ?? "valid"))
    }
}
