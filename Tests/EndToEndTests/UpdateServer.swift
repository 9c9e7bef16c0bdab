import Foundation
import Testing

/// Python's `ssl`, with an image and oddities by path; see Fixtures/update_server.py.
final class UpdateServer {
    /// Ends with a slash: a path is to follow.
    let url: String
    private let folder: Folder
    private let child: Child

    /// - Parameter image: what `faultserve image make` is told.
    init(image: [String]) throws {
        let folder = try Folder()
        let certificate = [
            "cert", "--out", folder.path, "--ca-dir", folder.file("ca"), "--host", "127.0.0.1",
        ]
        // No multiple of 1024 bytes, at which esp_http_client can fail in another way.
        let size = image.contains("--size") ? [] : ["--size", "69712"]
        let make = ["image", "make", "-o", folder.file("image")] + size + image
        for words in [certificate, make] {
            let done = try run(binary, words)
            try #require(done.status == 0, "\(done.errors)")
        }
        try folder.write(Data(), to: "log")
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/update_server.py")
        self.folder = folder
        self.child = try Child(
            "/usr/bin/env",
            [
                "python3", script.path, folder.file("server_cert.pem"),
                folder.file("server_key.pem"), folder.file("image"), folder.file("log"),
            ], environment: [:], input: "/dev/null", output: folder.file("out"),
            errors: folder.file("err"))
        let port = try Self.line(of: folder.file("out"))
        self.url = "https://127.0.0.1:\(port)/"
    }

    deinit { self.child.kill() }

    var ca: String { self.folder.file("ca_cert.pem") }

    /// What was asked, in turn, and on which connection.
    var requests: [(connection: String, path: String)] {
        get throws {
            let log = String(decoding: try self.folder.bytes("log"), as: UTF8.self)
            return log.split(separator: "\n").map { line in
                let words = line.split(separator: " ").map(String.init)
                return (words[0], words[1])
            }
        }
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
