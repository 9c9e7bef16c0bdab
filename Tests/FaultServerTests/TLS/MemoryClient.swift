import COpenSSL
import NIOCore

@testable import FaultServer

/// A TLS client of OpenSSL's without a socket: what it says and hears are bytes in memory.
final class MemoryClient {
    private let context: OpaquePointer
    let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    /// Plaintext of the server so far.
    private(set) var heard: [UInt8] = []

    /// - Parameter trust: a CA file; without one the client takes any certificate.
    init(version: Int32, trust: String? = nil, offers protocols: [UInt8] = []) {
        // These fail only without memory.
        self.context = SSL_CTX_new(TLS_client_method())!
        self.ssl = SSL_new(self.context)!
        self.incoming = BIO_new(BIO_s_mem())!
        self.outgoing = BIO_new(BIO_s_mem())!
        SSL_set_bio(self.ssl, self.incoming, self.outgoing)
        _ = fs_ssl_set_min_proto_version(self.ssl, version)
        _ = fs_ssl_set_max_proto_version(self.ssl, version)
        if let trust {
            let store = SSL_CTX_get_cert_store(self.context)
            X509_STORE_load_file(store, trust)
            SSL_set_verify(self.ssl, SSL_VERIFY_PEER, nil)
        }
        if !protocols.isEmpty {
            SSL_set_alpn_protos(self.ssl, protocols, UInt32(protocols.count))
        }
        SSL_set_connect_state(self.ssl)
    }

    deinit {
        SSL_free(self.ssl)
        SSL_CTX_free(self.context)
    }

    var isConnected: Bool { SSL_is_init_finished(self.ssl) == 1 }
    var hasHeardGoodbye: Bool { SSL_get_shutdown(self.ssl) & SSL_RECEIVED_SHUTDOWN != 0 }

    /// Goes on with the handshake, or reads.
    /// - Returns: whether TLS still works.
    @discardableResult
    func turn() -> Bool {
        ERR_clear_error()
        if !self.isConnected {
            let result = SSL_do_handshake(self.ssl)
            if result != 1 { return SSL_get_error(self.ssl, result) == SSL_ERROR_WANT_READ }
        }
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = SSL_read(self.ssl, &part, Int32(part.count))
            guard count > 0 else {
                let error = SSL_get_error(self.ssl, count)
                return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_ZERO_RETURN
            }
            self.heard += part[..<Int(count)]
        }
    }

    func say(_ text: String) { SSL_write(self.ssl, text, Int32(text.utf8.count)) }

    func take(_ bytes: ByteBuffer) {
        let bytes = Array(bytes.readableBytesView)
        if !bytes.isEmpty { BIO_write(self.incoming, bytes, Int32(bytes.count)) }
    }

    /// What it has to send.
    func give() -> ByteBuffer {
        var all = ByteBuffer()
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = BIO_read(self.outgoing, &part, Int32(part.count))
            guard count > 0 else { return all }
            all.writeBytes(part[..<Int(count)])
        }
    }
}
