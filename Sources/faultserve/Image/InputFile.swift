import FaultServer
import Glibc

/// A file that was given to read, whole.
struct InputFile {
    /// In bytes. No app partition is nearly as large.
    static let sizeLimit = 64 << 20

    let path: String
    /// What it holds; a command that edits changes them here, so that they are in memory once.
    var bytes: [UInt8]
    private let identity: (device: dev_t, file: ino_t)

    /// Reads a file.
    init(_ path: String) throws(ServerError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .unreadable(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .unreadable(path) }
        self.path = path
        self.identity = (status.st_dev, status.st_ino)
        self.bytes = try Self.read(file, path: path, expected: Int(status.st_size))
    }

    private static func read(
        _ file: Int32, path: String, expected: Int
    ) throws(ServerError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(expected, Self.sizeLimit))
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.sizeLimit {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw .unreadable(path) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
        }
        throw ServerError(
            .data,
            "\(path) is larger than 64 MiB, and no app image is; give the .bin file of the app")
    }

    /// Whether a path leads to this file, by whatever name.
    func isFile(at path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0
            && (status.st_dev, status.st_ino) == (self.identity.device, self.identity.file)
    }
}

extension ServerError {
    /// The failure that `errno` has.
    fileprivate static func unreadable(_ path: String) -> ServerError {
        ServerError(.noInput, "cannot read \(path): \(String(cString: strerror(errno)))")
    }
}
