import NIOConcurrencyHelpers

/// Files that were opened and judged: each is served again, without being opened, as long as its path leads to the same
/// file and nobody has touched that since. It costs a stat(2) to know.
final class OpenFiles: Sendable {
    /// The most that are kept open.
    private static let limit = 32

    private let files = NIOLockedValueBox<[[UInt8]: Representation]>([:])

    /// The file that a path leads to, if it is one of them.
    func find(_ path: [UInt8]) -> Representation? {
        guard let kept = self.files.withLockedValue({ $0[path] }) else { return nil }
        if let status = try? FileStatus(of: path), status == kept.status { return kept }
        // A build that was replaced is let go of.
        self.files.withLockedValue { $0[path] = nil }
        return nil
    }

    func keep(_ file: Representation, at path: [UInt8]) {
        self.files.withLockedValue { files in
            if files.count >= Self.limit, let other = files.keys.first { files[other] = nil }
            files[path] = file
        }
    }
}
