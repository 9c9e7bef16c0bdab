import COpenSSL
import Glibc
import NIOConcurrencyHelpers

/// A file with the secrets of TLS sessions, in NSS's format, so that Wireshark reads what was captured
/// (SSLKEYLOGFILE). It lets anybody do so: it is there only where it was asked for.
public final class KeyLog: Sendable {
    private let file: NIOLockedValueBox<Int32>

    /// Appends to a file that its owner alone may read.
    /// - Throws: ``ServerError`` if it cannot be written.
    public init(path: String) throws(ServerError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ServerError(
                .unavailable, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        self.file = NIOLockedValueBox(descriptor)
    }

    deinit { _ = self.file.withLockedValue { close($0) } }

    /// Takes the secrets of a context's sessions.
    func listen(to context: OpaquePointer) {
        // Unretained is sound: the contexts of a server live no longer than the key log that it holds.
        SSL_CTX_set_ex_data(context, Self.index, Unmanaged.passUnretained(self).toOpaque())
        SSL_CTX_set_keylog_callback(context) { ssl, line in
            guard let ssl, let line,
                let log = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), KeyLog.index)
            else { return }
            Unmanaged<KeyLog>.fromOpaque(log).takeUnretainedValue().write(line)
        }
    }

    private func write(_ line: UnsafePointer<CChar>) {
        // One write a line, so that lines of several servers do not mix.
        let bytes = Array((String(cString: line) + "\n").utf8)
        self.file.withLockedValue { _ = Glibc.write($0, bytes, bytes.count) }
    }

    private static let index = fs_ssl_ctx_new_index()
}
