import FaultServer
import Foundation

/// What a script needs to know of a server that listens.
struct ReadyFile: Encodable {
    let url: String
    let port: Int
    let host: String
    /// The CA file to trust; empty without TLS.
    let ca: String
    let profile: String
    let pid: Int32
    let seed: UInt64

    init(server: Server, address: Server.Address) {
        self.url = address.url
        self.port = address.port
        self.host = address.host
        self.ca = server.trust?.anchorPath ?? ""
        self.profile = server.plan.name
        self.pid = getpid()
        self.seed = server.plan.seed
    }

    /// Writes the file whole: a reader sees all of it or nothing.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw ServerError(
                .unavailable,
                "cannot write the ready file \(path): is its folder there, and may you write to it?"
            )
        }
    }
}
