package import Glibc

/// A small file that is written whole or not at all, whoever writes at the same time.
package struct WholeFile {
    let path: String

    package init(path: String) { self.path = path }

    /// Larger files are no certificates.
    private static let sizeMax = 1 << 20

    /// The file's bytes and its permission bits.
    /// - Returns: nil if there is no such file.
    func read() throws(ServerError) -> (bytes: [UInt8], mode: mode_t)? {
        let file = open(self.path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw self.failure("cannot be read", .noInput)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw self.failure("cannot be read", .noInput) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.sizeMax {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw self.failure("cannot be read", .noInput) }
            guard count > 0 else { return (bytes, status.st_mode & 0o7777) }
            bytes += buffer[..<count]
        }
        throw ServerError(.data, "\(self.path) is larger than 1 MiB, so it is no PEM file")
    }

    /// Makes the file if there is none.
    /// - Returns: false if there is one already; it is left alone.
    func create(_ bytes: [UInt8], mode: mode_t) throws(ServerError) -> Bool {
        let temporary = try self.temporary(bytes, mode: mode)
        defer { unlink(temporary) }
        if link(temporary, self.path) == 0 { return true }
        guard errno == EEXIST else { throw self.failure("cannot be written", .unavailable) }
        return false
    }

    /// Makes the file, or puts it in the place of the one that is there.
    package func replace(_ bytes: [UInt8], mode: mode_t) throws(ServerError) {
        let temporary = try self.temporary(bytes, mode: mode)
        guard rename(temporary, self.path) == 0 else {
            let failure = self.failure("cannot be written", .unavailable)
            unlink(temporary)
            throw failure
        }
    }

    /// Writes the bytes beside the file.
    private func temporary(_ bytes: [UInt8], mode: mode_t) throws(ServerError) -> String {
        var name = Array((self.path + ".XXXXXX").utf8CString)
        let file = mkstemp(&name)
        guard file >= 0 else { throw self.failure("cannot be written", .unavailable) }
        let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let isWritten =
            fchmod(file, mode) == 0 && bytes.withUnsafeBytes { Self.write($0, to: file) }
            && fsync(file) == 0
        let failure = self.failure("cannot be written", .unavailable)
        close(file)
        guard isWritten else {
            unlink(path)
            throw failure
        }
        return path
    }

    private static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(
                file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func failure(_ what: String, _ status: ServerError.Status) -> ServerError {
        ServerError(status, "\(self.path) \(what): \(String(cString: strerror(errno)))")
    }

    /// Makes a folder for its owner alone, and those above it that are missing.
    static func makeFolder(_ path: String) throws(ServerError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        let parent = path.drop(while: { $0 == "/" }).lastIndex(of: "/").map { String(path[..<$0]) }
        if errno == ENOENT, let parent {
            try Self.makeFolder(parent)
            guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        }
        throw ServerError(
            .unavailable, "cannot make the folder \(path): \(String(cString: strerror(errno)))")
    }
}
