import COpenSSL
import FaultKit
import NIOCore

/// One TLS session of a server: bytes in, bytes out, no socket. The only place that holds an `SSL *`.
final class TLSSession {
    /// How far a call got that may have to wait for the client.
    enum Progress {
        case incomplete
        case complete
        case failed(TLSError)
    }

    /// What reading plaintext gave.
    enum Reading {
        case bytes
        case nothing
        case closeNotify
        case failed(TLSError)
    }

    /// What was negotiated.
    struct Negotiated {
        let version: String
        let cipher: String
        let alpn: String?
        let resumed: Bool
    }

    /// Chooses the context for a client by the name that it asks for; what else it says costs time to tell.
    typealias Choice = (
        _ serverName: String?, _ event: () -> Event.ClientHello
    ) throws -> TLSContext

    private let ssl: OpaquePointer
    private let bio: RecordBIO
    private let chooseContext: Choice
    /// The context that was chosen; kept as long as the session.
    private(set) var context: TLSContext
    /// The protocol that is chosen whatever the client offers; lives as long as the session, as OpenSSL refers
    /// to it.
    private(set) lazy var chosenProtocol: UnsafeMutableBufferPointer<UInt8>? = self.makeProtocol()
    /// Bytes of plaintext that were written.
    private var written = 0
    private var hasSaidPostHandshake = false
    /// Alerts since the last call of `takeAlerts`.
    private var alerts: [Event.Alert] = []
    /// The ClientHello as it came, until it has been read.
    private var hello: ClientHelloMessage?
    /// The ClientHello was read.
    private(set) var hasChosen = false
    /// The name that the client asks for, once its ClientHello was read.
    private(set) var serverName: String?
    private(set) var choiceError: (any Error)?
    /// How the handshake is refused, once the ClientHello was read.
    var refusal: Handshake.Refusal? { self.context.handshake.refusal }

    /// - Parameters:
    ///   - context: what to begin with.
    ///   - choose: called once, with the ClientHello; its context's certificate and versions are used.
    init(context: TLSContext, choose: @escaping Choice) {
        guard let ssl = SSL_new(context.pointer) else {
            preconditionFailure("OpenSSL has no memory for a session")
        }
        self.ssl = ssl
        self.context = context
        self.chooseContext = choose
        self.bio = RecordBIO()
        let pointer = self.bio.makePointer()
        SSL_set_bio(ssl, pointer, pointer)
        // Unretained is sound: this object owns the SSL, whose callbacks run in its calls only.
        SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
        SSL_set_accept_state(ssl)
    }

    deinit {
        SSL_free(self.ssl)
        if case .chosen = self.context.handshake.alpn { self.chosenProtocol?.deallocate() }
    }

    static func of(_ ssl: OpaquePointer) -> TLSSession? {
        SSL_get_ex_data(ssl, 0).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: Bytes

    /// Takes ciphertext from the client.
    func receive(_ bytes: ByteBuffer) {
        if self.bio.incoming.readableBytes == 0 {
            self.bio.incoming = bytes
        } else {
            self.bio.incoming.writeImmutableBuffer(bytes)
        }
    }

    /// Ciphertext for the client is appended to this buffer until it is taken. What OpenSSL has said by
    /// itself meanwhile, an alert or a KeyUpdate, stays before it.
    func lend(_ buffer: consuming ByteBuffer) {
        let said = self.bio.outgoing
        self.bio.outgoing = buffer
        // Even to write nothing would copy a buffer that somebody else holds, too.
        if said.readableBytes > 0 { self.bio.outgoing.writeImmutableBuffer(said) }
    }

    var hasOutput: Bool { self.bio.outgoing.readableBytes > 0 }

    /// The ciphertext for the client.
    func takeOutput() -> ByteBuffer {
        defer { self.bio.outgoing = ByteBuffer() }
        return self.bio.outgoing
    }

    func handshake() -> Progress {
        ERR_clear_error()
        let result = SSL_do_handshake(self.ssl)
        if result == 1 { return .complete }
        switch SSL_get_error(self.ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .incomplete
        default: return .failed(.library())
        }
    }

    /// Appends plaintext of the client, if a record has come whole.
    func read(into buffer: inout ByteBuffer) -> Reading {
        ERR_clear_error()
        var count = 0
        let ssl = self.ssl
        let result = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 16_384) { target in
            count = 0
            return SSL_read_ex(ssl, target.baseAddress, target.count, &count) == 1 ? count : 0
        }
        if result > 0 { return .bytes }
        switch SSL_get_error(self.ssl, 0) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .nothing
        case SSL_ERROR_ZERO_RETURN: return .closeNotify
        default: return .failed(.library())
        }
    }

    /// Encrypts plaintext into the output.
    /// - Returns: what is left, as a handshake is under way in the middle of the data; write it once more has
    ///   been read. Mostly nothing.
    func write(_ plaintext: ByteBuffer) throws -> ByteBuffer? {
        var rest = plaintext
        while rest.readableBytes > 0 {
            try self.sayPostHandshake()
            // The client's ClientHello is awaited, or the end of its handshake: data has no place between.
            if SSL_renegotiate_pending(self.ssl) == 1 { return rest }
            ERR_clear_error()
            let (ssl, length) = (self.ssl, self.partLength(rest.readableBytes))
            var count = 0
            let result = rest.withUnsafeReadableBytes {
                SSL_write_ex(ssl, $0.baseAddress, length, &count)
            }
            guard result == 1 else {
                if SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ { return rest }
                throw TLSError.library()
            }
            rest.moveReaderIndex(forwardBy: count)
            self.written += count
        }
        return nil
    }

    /// How much is written at once: OpenSSL cuts it into records by itself, but no smaller ones than 512 bytes.
    private func partLength(_ count: Int) -> Int {
        let recordSize = self.context.handshake.recordSize
        var length = recordSize < 512 ? min(count, recordSize) : count
        if let message = self.context.handshake.postHandshake, !self.hasSaidPostHandshake {
            length = min(length, message.after - self.written)
        }
        return length
    }

    private func sayPostHandshake() throws {
        guard !self.hasSaidPostHandshake, let message = self.context.handshake.postHandshake,
            self.written >= message.after
        else { return }
        self.hasSaidPostHandshake = true
        ERR_clear_error()
        let isDone =
            switch message.kind {
            case .helloRequest: SSL_renegotiate(self.ssl) == 1 && SSL_do_handshake(self.ssl) == 1
            case .keyUpdate: SSL_key_update(self.ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1
            case .keyUpdateRequested: SSL_key_update(self.ssl, SSL_KEY_UPDATE_REQUESTED) == 1
            }
        guard isDone else { throw TLSError.library() }
    }

    private func makeProtocol() -> UnsafeMutableBufferPointer<UInt8>? {
        guard case .chosen(let name) = self.context.handshake.alpn else { return nil }
        let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: name.utf8.count)
        _ = bytes.initialize(fromContentsOf: Array(name.utf8))
        return bytes
    }

    /// Puts close_notify into the output.
    func closeNotify() {
        ERR_clear_error()
        _ = SSL_shutdown(self.ssl)
        ERR_clear_error()
    }

    // MARK: What is known

    func takeAlerts() -> [Event.Alert] {
        defer { self.alerts = [] }
        return self.alerts
    }

    /// What was negotiated; call it after the handshake.
    var negotiated: Negotiated {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(self.ssl, &name, &length)
        let alpn = UnsafeBufferPointer(start: name, count: Int(length))
        return Negotiated(
            version: String(cString: SSL_get_version(self.ssl)),
            cipher: String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(self.ssl))),
            alpn: alpn.isEmpty ? nil : String(decoding: alpn, as: UTF8.self),
            resumed: SSL_session_reused(self.ssl) == 1)
    }

    // MARK: Called back

    func note(_ alert: Event.Alert) { self.alerts.append(alert) }

    /// Keeps a handshake message of the client that is a ClientHello.
    func keep(_ message: UnsafeRawBufferPointer) {
        self.hello = ClientHelloMessage(message)
    }

    /// Reads the ClientHello and takes on the context that it is answered with.
    func choose() -> Bool {
        // After a HelloRetryRequest, or to renegotiate, the client comes with another; the choice stays.
        guard !self.hasChosen else { return true }
        self.hasChosen = true
        SSL_set_msg_callback(self.ssl, nil)
        let (hello, ssl) = (self.hello, self.ssl)
        self.hello = nil
        self.serverName = hello?.serverName
        do {
            self.context = try self.chooseContext(self.serverName) {
                hello.map { Event.ClientHello($0, namedBy: ssl) } ?? Event.ClientHello()
            }
        } catch {
            self.choiceError = error
            return false
        }
        return SSL_set_SSL_CTX(self.ssl, self.context.pointer) != nil
            && self.context.configure(self.ssl)
    }
}

@available(*, unavailable)
extension TLSSession: Sendable {}
