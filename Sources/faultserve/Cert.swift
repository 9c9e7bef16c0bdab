import ArgumentParser
import FaultServer
import Foundation

/// `faultserve cert`.
struct Cert: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write certificates to files, show them, and say which names a device takes.",
        subcommands: [CertMake.self, CertShow.self, CertMatrix.self],
        defaultSubcommand: CertMake.self)
}

/// `faultserve cert make`, or `cert` alone.
struct CertMake: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
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

    @Flag(help: "Write the CA with a time that is over, to see whether a device looks at it.")
    var expiredCA = false

    @Flag(help: "Replace files that are there.")
    var force = false

    @OptionGroup var authority: AuthorityOptions

    func validate() throws {
        if self.selfSigned, self.expiredCA || !self.authority.caConstrain.isEmpty {
            throw ValidationError(
                "--self-signed makes no CA: leave out --expired-ca and --ca-constrain")
        }
    }

    func run() throws {
        let written =
            self.selfSigned
            ? try SelfSignedPair.write(
                to: self.out, host: self.host.first ?? Hosts.local()[0], force: self.force)
            : try Authority.open(
                in: self.authority.directory, permits: self.authority.caConstrain
            ).export(
                to: self.out, hosts: self.host, isExpired: self.expiredCA, force: self.force)
        Terminal.write(
            """
            Wrote \(written.paths.joined(separator: ", "))

            A device must match:
              \(written.facts.joined(separator: "\n  "))

            Who has the CA's key can pose as any server to a device that trusts it: flash this CA on devices
            on your desk, and not on those that you ship.
            """)
    }
}

/// `faultserve cert show`.
struct CertShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract:
            "Show certificates as clients read them: of PEM files, or what a server presents.",
        discussion: """
            Without files it shows what 'faultserve' with the same options presents to a client whom every \
            rule strikes, the leaf first.
            """)

    @Argument(help: "PEM files.")
    var files: [String] = []

    @OptionGroup var plan: PlanOptions
    @OptionGroup var identity: IdentityOptions

    func validate() throws {
        let asks =
            !self.plan.profile.isEmpty || !self.plan.fault.isEmpty || self.identity.isGiven
            || !self.identity.host.isEmpty
        if !self.files.isEmpty, asks {
            throw ValidationError("files hold what they hold: leave out the files or the options")
        }
    }

    func run() throws {
        Terminal.write(try self.blocks().joined(separator: "\n\n"))
    }

    private func blocks() throws -> [String] {
        guard self.files.isEmpty else {
            return try self.files.flatMap { file in
                try CertificateReport.file(file).map { Self.block(file, $0) }
            }
        }
        let presented = try CertificateReport.presented(
            under: self.plan.compiled(), source: self.identity.source(root: nil),
            hosts: self.identity.host)
        return zip(0..., presented).map { Self.block($0 == 0 ? "leaf" : "chain, \($0)", $1) }
    }

    private static func block(_ title: String, _ facts: [String]) -> String {
        "\(title)\n  " + facts.joined(separator: "\n  ")
    }
}

/// `faultserve cert matrix`.
struct CertMatrix: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Say which clients take which names on a certificate for a host.",
        discussion: """
            A row for each shipped profile that puts other names on the certificate. The columns are rules: RFC 6125; \
            Mbed TLS before 3.5, which knows no addresses but as text; Mbed TLS from 3.5 on; and the OpenSSL that this \
            program is linked with.
            """)

    @Option(
        help: ArgumentHelp(
            "The host that is called, and the names on the honest certificate (repeatable).",
            valueName: "name|address"))
    var host = ["127.0.0.1", "localhost"]

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var library: LibraryOptions

    func run() throws {
        let rows = try NameMatrix.rows(of: try self.library.library.all(), hosts: self.host)
        if self.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Terminal.write(String(decoding: try encoder.encode(rows), as: UTF8.self))
        }
        let rules = NameRule.allCases.map(\.rawValue)
        let lines = rows.map { row in
            [row.profile, row.host] + rules.map { row.isTaken[$0] == true ? "takes it" : "-" }
                + [row.namesInShort]
        }
        Terminal.write(Terminal.table([["profile", "host"] + rules + ["names"]] + lines))
    }
}
