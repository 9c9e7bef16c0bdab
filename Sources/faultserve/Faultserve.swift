import ArgumentParser
import FaultServer
import Faults
import Glibc

/// The command line.
struct Faultserve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "faultserve",
        abstract: "An HTTPS server for firmware that misbehaves on purpose.",
        discussion: """
            Serve a firmware image through a profile of faults and see what the device does:

              faultserve --profile truncate                the demo image, cut at 40 %
              faultserve --profile slow-link --root build  an ESP-IDF build folder
              faultserve --fault 'stall at=64KiB for=30s'  a fault by hand
              faultserve --profile bad-cn --host 192.168.2.106

            'faultserve help serve' shows the server's options, 'faultserve list profiles' the shipped \
            profiles, 'faultserve list faults' all faults, and 'faultserve explain NAME' what one of \
            them does and what a correct device does about it.

            Exit status: 0 fine, 64 wrong use, 65 wrong profile or image, 66 input missing, \
            69 port or device not available, 70 a bug.
            """,
        version: faultserveVersion,
        subcommands: [
            Serve.self, Test.self, List.self, Check.self, Explain.self, Cert.self,
            ImageCommand.self,
        ],
        defaultSubcommand: Serve.self)

    /// The faults that this program knows.
    static let catalogue = Catalogue(Faults.all)
}

@main
enum Main {
    static func main() async {
        // A reader of our output that goes away must not end the server.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try Faultserve.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as ServerError {
            Terminal.fail(error.description, status: error.status.rawValue)
        } catch let error as ProfileError {
            Terminal.fail(
                error.problems.map(\.description).joined(separator: "\n"),
                status: ServerError.Status.data.rawValue)
        } catch {
            Faultserve.exit(withError: error)
        }
    }
}
