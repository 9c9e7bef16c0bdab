import ArgumentParser
import Dispatch
import FaultKit
import FaultServer
import Glibc
import NIOCore

/// `faultserve [serve]`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve firmware as profiles and faults say (the default command).",
        discussion: """
            With neither --root nor --image it serves a valid demo image that it makes in memory, as \
            /firmware.bin. Without --profile and --fault it is an honest HTTPS server.

            The first run makes a local CA and reuses it ever after, so that a device is flashed with \
            its ca_cert.pem once. A root that holds the ca_cert.pem and ca_key.pem of ESP-IDF's OTA \
            README is served with that pair.

            A rule for --fault: NAME [on=body|http|link] [KNOB=VALUE ...] [when.KEY=VALUE ...], such as
              --fault 'truncate on=body at=64KiB when.request=1'
            'faultserve list faults' shows the names, 'faultserve explain NAME' the knobs.
            """)

    @OptionGroup var plan: PlanOptions
    @OptionGroup var content: ContentOptions
    @OptionGroup var identity: IdentityOptions

    @Option(help: "Where to listen; '::' takes IPv4 and IPv6.")
    var bind = "::"

    @Option(help: "The port; 0 takes any free one.")
    var port = 8070

    @Flag(help: "Speak HTTP without TLS.")
    var plain = false

    @Flag(
        name: .customLong("http2"),
        help: "Offer HTTP/2 beside HTTP/1.1; without TLS, to a client that begins with it.")
    var http2 = false

    @Option(help: "Event loops; the default is one for each core.")
    var threads = System.coreCount

    @Option(help: "Write the journal as JSON Lines to a file, or to standard output with '-'.")
    var journal: String?

    @Option(
        help: "Write a JSON object with url, port, ca and more to a file once the server listens.")
    var readyFile: String?

    @Option(
        help: ArgumentHelp(
            "Append the secrets of TLS sessions to a file, with which Wireshark reads them.",
            valueName: "file"))
    var keylog: String?

    @Option(help: "Stop after so many responses.")
    var exitAfter: Int?

    @Option(help: "Stop when nobody was connected for so long, such as 30s.")
    var idleExit: TimeAmount?

    @Option(
        help: ArgumentHelp(
            "Change a limit: NAME=VALUE (repeatable).",
            discussion: """
                handshake, head, idle, send (times); head-size, body-size (bytes); fields, connections
                """), transform: { try LimitSetting($0) })
    var limit: [LimitSetting] = []

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    func validate() throws {
        guard (0...65_535).contains(self.port) else {
            throw ValidationError("--port \(self.port) is no port; choose 0 to 65535")
        }
        guard (1...256).contains(self.threads) else {
            throw ValidationError("--threads \(self.threads): choose 1 to 256")
        }
        if let exitAfter, exitAfter < 1 {
            throw ValidationError("--exit-after \(exitAfter): choose 1 or more")
        }
        if self.plain, self.keylog != nil {
            throw ValidationError("--plain speaks no TLS: leave out --keylog")
        }
        if self.plain, self.identity.isGiven {
            throw ValidationError(
                "--plain speaks no TLS: leave out --cert, --key, --ca-dir and --ca-constrain")
        }
    }

    func run() async throws {
        let plan = try self.plan.compiled()
        let signer = try self.content.signer()
        var configuration = Configuration(
            plan: plan, content: try self.content.content(signer: signer),
            identity: self.plain ? nil : try self.identity.source(root: self.content.root))
        configuration.imageSigner = signer
        configuration.keyLog = try self.keylog.map { try KeyLog(path: $0) }
        configuration.hosts = self.hosts
        configuration.bind = self.bind
        configuration.port = self.port
        configuration.offersHTTP2 = self.http2
        configuration.threads = self.threads
        configuration.exitAfter = self.exitAfter
        configuration.idleExit = self.idleExit
        for setting in self.limit { setting.apply(&configuration.limits) }
        configuration.sinks = try self.sinks()
        let server = try Server(configuration)
        let address = try await server.start()
        let signals = Signals { server.stop(reason: $0) }
        if !self.quiet {
            Terminal.write(
                Banner(server: server, address: address, serves: self.content.description).text,
                to: self.console)
        }
        if let readyFile { try ReadyFile(server: server, address: address).write(to: readyFile) }
        try await server.wait()
        withExtendedLifetime(signals) {}
    }

    /// Who listens on one address is reached at no other, so that one comes first.
    private var hosts: [String] {
        guard self.identity.host.isEmpty, self.identity.cert == nil,
            !["::", "0.0.0.0"].contains(self.bind)
        else { return self.identity.host }
        return [self.bind] + Hosts.local().filter { $0 != self.bind }
    }

    /// Where people read: standard output, unless that is the journal's.
    private var console: Int32 { self.journal == "-" ? STDERR_FILENO : STDOUT_FILENO }

    private func sinks() throws -> [any JournalSink] {
        var sinks: [any JournalSink] = []
        if let journal { sinks.append(try FileSink(path: journal)) }
        if !self.quiet {
            sinks.append(
                ConsoleSink(
                    descriptor: self.console, isColoured: Terminal.isColoured(self.console)))
        }
        return sinks
    }
}

/// SIGINT and SIGTERM, which end a server in order.
final class Signals {
    private let sources: [any DispatchSourceSignal]

    /// Returns once a signal that comes is heard. Sources are registered on another thread, and until
    /// then a signal would be lost.
    init(_ stop: @escaping @Sendable (String) -> Void) {
        let registered = DispatchSemaphore(value: 0)
        self.sources = [(SIGINT, "SIGINT"), (SIGTERM, "SIGTERM")].map { number, name in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { stop(name) }
            source.setRegistrationHandler { registered.signal() }
            source.resume()
            return source
        }
        for _ in self.sources { registered.wait() }
    }
}
