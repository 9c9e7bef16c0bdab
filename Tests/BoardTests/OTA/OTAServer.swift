import Foundation
import Testing

/// A server of one image; see Fixtures/ota_server.py.
final class OTAServer {
    let url: String
    private let process = Process()
    private let folder: URL

    init(_ image: [UInt8]) throws {
        self.folder = try FileManager.default.url(
            for: .itemReplacementDirectory, in: .userDomainMask,
            appropriateFor: FileManager.default.temporaryDirectory, create: true)
        let file = self.folder.appending(path: "image")
        let log = self.folder.appending(path: "log")
        try Data(image).write(to: file)
        try Data().write(to: log)
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../Fixtures/ota_server.py")
        let pipe = Pipe()
        self.process.executableURL = URL(filePath: "/usr/bin/env")
        self.process.arguments = ["python3", script.path, file.path, log.path]
        self.process.standardOutput = pipe
        self.process.standardError = FileHandle.nullDevice
        try self.process.run()
        var line = Data()
        while let byte = try pipe.fileHandleForReading.read(upToCount: 1), byte != Data([10]) {
            line += byte
        }
        let port = try #require(Int(String(decoding: line, as: UTF8.self)))
        self.url = "http://127.0.0.1:\(port)"
    }

    deinit {
        self.process.terminate()
        try? FileManager.default.removeItem(at: self.folder)
    }

    /// What was asked so far: method, path and range.
    var requests: [String] {
        let log = (try? Data(contentsOf: self.folder.appending(path: "log"))) ?? Data()
        return String(decoding: log, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
