import Glibc

/// An open file or folder, closed with the last reference to it.
final class Descriptor: Sendable {
    let number: Int32

    /// Linux' `O_PATH`: the descriptor stands for the object, which is not opened itself, so that a pipe
    /// is not waited for and a device not woken. Glibc hides it behind a feature macro.
    static let pathOnly: Int32 = 0o10_000_000

    /// Opens a path; a relative one in a folder, or else in the working directory.
    init(
        opening path: [UInt8], in folder: Descriptor? = nil, _ flags: Int32
    ) throws(SystemError) {
        self.number = try Self.open(path, in: folder?.number ?? AT_FDCWD, flags)
    }

    deinit { close(self.number) }

    /// Opens the very object that this descriptor stands for, whatever its path means by now.
    func reopened(_ flags: Int32) throws(SystemError) -> Descriptor {
        try Descriptor(opening: self.link, flags)
    }

    /// The canonical path of the object, as it is now.
    func location() throws(SystemError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = (self.link + [0]).withUnsafeBytes { path in
            buffer.withUnsafeMutableBytes { into in
                readlink(path.characters, into.characters, into.count)
            }
        }
        guard count >= 0 else { throw .last }
        return Array(buffer[..<count])
    }

    func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstat(self.number, &status) == 0 else { throw .last }
        return FileStatus(status)
    }

    /// The names in the folder that this descriptor stands for, `.` and `..` left out.
    /// - Parameter limit: the most names that are read; one more tells that there are more.
    func names(limit: Int) throws(SystemError) -> [[UInt8]] {
        let own = try Self.open([UInt8(ascii: ".")], in: self.number, O_RDONLY | O_DIRECTORY)
        guard let stream = fdopendir(own) else {
            let error = SystemError.last
            close(own)
            throw error
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        // The offset exists: `d_name` is a stored member of the C structure.
        let offset = MemoryLayout<dirent>.offset(of: \.d_name)!
        while names.count < limit, let entry = readdir(stream) {
            let name = UnsafeRawPointer(entry) + offset
            let length = strlen(name.assumingMemoryBound(to: CChar.self))
            let bytes = Array(UnsafeRawBufferPointer(start: name, count: length))
            if bytes != Array(".".utf8) && bytes != Array("..".utf8) { names.append(bytes) }
        }
        return names
    }

    private var link: [UInt8] { Array("/proc/self/fd/\(self.number)".utf8) }

    private static func open(
        _ path: [UInt8], in folder: Int32, _ flags: Int32
    ) throws(SystemError) -> Int32 {
        let path = path + [0]
        while true {
            let number = path.withUnsafeBytes { openat(folder, $0.characters, flags | O_CLOEXEC) }
            if number >= 0 { return number }
            guard errno == EINTR else { throw .last }
        }
    }
}

/// What the system knows of a file.
struct FileStatus: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case file, folder
        /// A pipe, a socket or a device.
        case other
    }

    let kind: Kind
    let device: UInt64
    let inode: UInt64
    /// In bytes.
    let size: Int
    /// Time of the last change of the contents.
    let modified: Moment
    /// Time of the last change of anything, such as the rights to it or its name.
    let changed: Moment

    /// Seconds since 1970, and nanoseconds on top.
    struct Moment: Sendable, Hashable {
        let seconds: Int
        let nanoseconds: Int

        init(_ time: timespec) {
            self.seconds = Int(time.tv_sec)
            self.nanoseconds = Int(time.tv_nsec)
        }
    }

    /// Of what a path leads to.
    init(of path: [UInt8]) throws(SystemError) {
        var status = stat()
        let result = (path + [0]).withUnsafeBytes { stat($0.characters, &status) }
        guard result == 0 else { throw .last }
        self.init(status)
    }

    init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: self.kind = .file
        case S_IFDIR: self.kind = .folder
        default: self.kind = .other
        }
        self.device = UInt64(status.st_dev)
        self.inode = UInt64(status.st_ino)
        self.size = Int(status.st_size)
        self.modified = Moment(status.st_mtim)
        self.changed = Moment(status.st_ctim)
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes as C's characters. Not for an empty buffer.
    fileprivate var characters: UnsafePointer<CChar> {
        // A buffer that is not empty has a base address.
        self.baseAddress!.assumingMemoryBound(to: CChar.self)
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The bytes as C's characters. Not for an empty buffer.
    fileprivate var characters: UnsafeMutablePointer<CChar> {
        // A buffer that is not empty has a base address.
        self.baseAddress!.assumingMemoryBound(to: CChar.self)
    }
}
