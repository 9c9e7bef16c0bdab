import CustomFaults
import Dispatch
import FaultServer
import Faults
import Glibc

/// A server that knows the shipped faults and `repeat`: `custom-faultserve IMAGE [RULE ...]`.
@main
enum CustomFaultserve {
    static func main() async {
        do {
            try await Self.serve()
        } catch {
            Self.say("custom-faultserve: \(error)", on: STDERR_FILENO)
            exit(1)
        }
    }

    private static func serve() async throws {
        guard CommandLine.argc > 1 else {
            throw ServerError(.usage, "usage: custom-faultserve IMAGE [RULE ...]")
        }
        var content = Content()
        try content.offer(file: CommandLine.arguments[1])
        let catalogue = Catalogue(Faults.all + [Repeat.self])
        let rules = try CommandLine.arguments.dropFirst(2).map {
            try Rule.parse($0, catalogue: catalogue)
        }
        var configuration = Configuration(
            plan: Plan(profiles: [], rules: rules), content: content, identity: .localAuthority)
        configuration.port = 0
        configuration.sinks = [
            ConsoleSink(descriptor: STDOUT_FILENO, isColoured: isatty(STDOUT_FILENO) == 1)
        ]
        let server = try Server(configuration)
        let address = try await server.start()
        signal(SIGTERM, SIG_IGN)
        let termination = DispatchSource.makeSignalSource(signal: SIGTERM)
        termination.setEventHandler { server.stop(reason: "SIGTERM") }
        termination.resume()
        Self.say("CA \(server.trust?.anchorPath ?? "none")", on: STDOUT_FILENO)
        Self.say("URL \(address.url)firmware.bin", on: STDOUT_FILENO)
        try await server.wait()
    }

    private static func say(_ line: String, on descriptor: Int32) {
        _ = write(descriptor, line + "\n", line.utf8.count + 1)
    }
}
