import Foundation
import Testing

/// Python's `ssl`, with an image and oddities by path; see Fixtures/update_server.py.
final class UpdateServer: @unchecked Sendable {
    /// A request that came.
    struct Request {
        let connection: String
        let path: String
        let range: String
        let ifRange: String
    }

    /// Ends with a slash: a path is to follow.
    let url: String
    private let folder: Folder
    private let child: Child

    /// One of the demo image 2.0.0, for all tests to which that will do. Paths whose answers change from
    /// one request to the next count them by what is behind a question mark, too.
    static let shared: Result<UpdateServer, any Error> = Result {
        let server = try UpdateServer(image: [])
        // What is static has no end but the process's.
        atexit { try? UpdateServer.shared.get().stop() }
        return server
    }

    /// - Parameters:
    ///   - image: what `faultserve image make` is told.
    ///   - other: the same, of the image to which some paths change.
    init(image: [String], other: [String] = ["--version", "3.0.0", "--seed", "7"]) throws {
        let folder = try Folder()
        let made = try run(
            binary,
            [
                "cert", "--out", folder.path, "--ca-dir", folder.file("ca"), "--host", "127.0.0.1",
            ])
        try #require(made.status == 0, "\(made.errors)")
        try Self.make(folder.file("image"), image)
        try Self.make(folder.file("other"), other)
        try folder.write(Data(), to: "log")
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/update_server.py")
        self.folder = folder
        self.child = try Child(
            "/usr/bin/env",
            [
                "python3", script.path, folder.file("server_cert.pem"),
                folder.file("server_key.pem"), folder.file("image"), folder.file("other"),
                folder.file("log"),
            ], environment: [:], input: "/dev/null", output: folder.file("out"),
            errors: folder.file("err"))
        let port = try Self.line(of: folder.file("out"))
        self.url = "https://127.0.0.1:\(port)/"
    }

    deinit { self.child.kill() }

    var ca: String { self.folder.file("ca_cert.pem") }

    /// What was asked, in turn.
    var requests: [Request] {
        get throws {
            let log = String(decoding: try self.folder.bytes("log"), as: UTF8.self)
            return log.split(separator: "\n").map { line in
                let parts = line.split(separator: "\t", omittingEmptySubsequences: false)
                return Request(
                    connection: String(parts[0]), path: String(parts[1]), range: String(parts[2]),
                    ifRange: String(parts[3]))
            }
        }
    }

    /// Puts another image in the place of the one that is served.
    func replaceImage(_ image: [String]) throws {
        try Self.make(self.folder.file("image"), ["--force"] + image)
    }

    private func stop() {
        self.child.kill()
        try? FileManager.default.removeItem(atPath: self.folder.path)
    }

    private static func make(_ file: String, _ words: [String]) throws {
        // No multiple of 1024 bytes, at which esp_http_client can fail in another way.
        let size = words.contains("--size") ? [] : ["--size", "69712"]
        let done = try run(binary, ["image", "make", "-o", file] + size + words)
        try #require(done.status == 0, "\(done.errors)")
    }

    private static func line(of path: String) throws -> String {
        let deadline = Date(timeIntervalSinceNow: 20)
        while Date() < deadline {
            let said = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            if said.hasSuffix("\n") { return said.trimmingCharacters(in: .newlines) }
            usleep(10_000)
        }
        throw StartFailure(said: "the server tells no port")
    }
}
