import CLinux
import FaultKit
import Glibc
import Synchronization

/// The bytes of an open file. Their count is fixed when it is opened.
final class FileSource: ByteSource {
    let count: Int
    /// For errors.
    private let name: String
    private let descriptor: Descriptor
    /// Whether the file system can be asked for what the page cache holds.
    private let canPeek = Atomic(true)

    init(_ descriptor: Descriptor, count: Int, name: String) {
        self.descriptor = descriptor
        self.count = count
        self.name = name
    }

    var fingerprint: UInt64 {
        let stamp = (try? self.descriptor.status().stamp) ?? self.name
        return stamp.utf8.reduce(UInt64(self.count)) { $0.mixed(with: UInt64($1)) }
    }

    func read(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int, waiting: Bool
    ) throws -> Bool {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let peeks = !waiting && self.canPeek.load(ordering: .relaxed)
            let got =
                peeks
                ? fs_pread_cached(
                    self.descriptor.number, rest.baseAddress, rest.count, offset + filled)
                : pread(self.descriptor.number, rest.baseAddress, rest.count, offset + filled)
            if got > 0 {
                filled += got
            } else if got == 0 {
                throw ImageError(
                    "\(self.name) shrank while it was served: it had \(self.count) bytes and now "
                        + "ends at or before \(offset + filled); request it again")
            } else if peeks && errno == EAGAIN {
                return false
            } else if peeks && (errno == EOPNOTSUPP || errno == ENOSYS) {
                self.canPeek.store(false, ordering: .relaxed)
            } else if errno != EINTR {
                throw ImageError(
                    "\(self.name) cannot be read at byte \(offset + filled): \(SystemError.last)")
            }
        }
        return true
    }
}
