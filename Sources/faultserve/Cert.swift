import ArgumentParser
import FaultServer

/// `faultserve cert`.
struct Cert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write certificates to files and say what a device must match.",
        discussion: """
            Writes ca_cert.pem (to flash), and server_cert.pem and server_key.pem for another server \
            that is to be taken for this one. With --self-signed it writes the single pair of ESP-IDF's \
            OTA README instead, ca_cert.pem and ca_key.pem; a --root that holds both is served with them.
            """)

    @Option(name: .shortAndLong, help: "The folder to write to.")
    var out = "."

    @Option(
        help: ArgumentHelp(
            "A name or address of the server (repeatable); the first becomes the CN.",
            valueName: "name|address"))
    var host: [String] = []

    @Flag(help: "Make the README's single self-signed pair for the first --host.")
    var selfSigned = false

    @Flag(help: "Replace files that are there.")
    var force = false

    @Option(help: "The folder of the local CA.")
    var caDir: String?

    func run() throws {
        let hosts = self.host.isEmpty ? Hosts.local() : self.host
        let written =
            self.selfSigned
            ? try SelfSignedPair.write(to: self.out, host: hosts[0], force: self.force)
            : try Authority.open(in: self.caDir ?? Authority.defaultDirectory)
                .export(to: self.out, hosts: hosts, force: self.force)
        Terminal.write(
            """
            Wrote \(written.paths.joined(separator: ", "))

            A device must match:
              \(written.facts.joined(separator: "\n  "))
            """)
    }
}
