import Foundation
import Glibc

/// The journal as JSON Lines, one object an event, each written at once so that a script can follow.
public final class FileSink: JournalSink {
    private let descriptor: Int32
    private let ownsDescriptor: Bool

    /// - Parameter path: a file, which is made or emptied, or `-` for standard output.
    /// - Throws: ``ServerError`` if the file cannot be written.
    public init(path: String) throws(ServerError) {
        if path == "-" {
            self.descriptor = STDOUT_FILENO
            self.ownsDescriptor = false
            return
        }
        let opened = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o644)
        guard opened >= 0 else {
            let reason = String(cString: strerror(errno))
            throw ServerError(.unavailable, "cannot write the journal to \(path): \(reason)")
        }
        self.descriptor = opened
        self.ownsDescriptor = true
    }

    public func write(_ event: Event) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(event) else {
            preconditionFailure("an event that is no JSON: \(event.kind.name)")
        }
        line.append(0x0A)
        line.writeAll(to: self.descriptor)
    }

    public func close() {
        if self.ownsDescriptor { Glibc.close(self.descriptor) }
    }
}
