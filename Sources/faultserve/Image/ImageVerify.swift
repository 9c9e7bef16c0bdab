import ArgumentParser
import FaultServer
import FirmwareImage
import Foundation
import ImageSigning

/// `faultserve image verify`.
struct ImageVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify an image's Secure Boot v2 signatures.",
        discussion: """
            Without --key, each signature is verified with the key that stands beside it, which shows \
            damage but not whose key it is. With --key, keys must be among the given ones, as a chip \
            demands. The file is valid if a signature holds and none is wrong.

            Exit status: 0 valid, 1 not valid, 65 no signature, 66 file missing.
            """)

    @Argument(help: "The file to verify.")
    var file: String

    @Option(help: "A PEM file with a key to trust, private or public (repeatable).")
    var key: [String] = []

    @Flag(help: "Write JSON.")
    var json = false

    func run() throws {
        let keys = try self.key.map { try KeyFile($0).verificationKey() }
        let input = try InputFile(self.file)
        let layout = SignatureLayout(of: input.bytes)
        guard let sector = layout.sector else {
            throw ServerError(
                .data,
                "\(self.file) has no signature: none stands in its last 4096 bytes; sign it with "
                    + "`faultserve image sign`")
        }
        let digest = layout.digest(of: input.bytes)
        let checks =
            keys.isEmpty
            ? sector.checks(digest: digest, with: ContainedKeys())
            : sector.checks(digest: digest, with: TrustedKeys(keys))
        let report = SignatureReport(checks, file: self.file, hasKeys: !keys.isEmpty)
        if self.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Terminal.write(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            Terminal.write(report.description)
        }
        if !report.valid { throw ExitCode(1) }
    }
}
