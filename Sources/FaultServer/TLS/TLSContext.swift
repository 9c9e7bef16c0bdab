import COpenSSL
import FaultKit

/// What the handshakes of one recipe share: an `SSL_CTX` with certificate, chain and key.
/// Immutable once it is set up.
final class TLSContext: @unchecked Sendable {
    /// The `SSL_CTX *`.
    let pointer: OpaquePointer
    let versions: ClosedRange<TLSVersion>
    let wantsClientCertificate: Bool
    let refusal: Handshake.Refusal?
    private let identity: Identity

    /// - Parameters:
    ///   - handshake: weak ones are done as they are asked for.
    ///   - resumes: whether clients may resume sessions. A plan that meddles with handshakes says no: who
    ///     resumes never sees the certificate.
    /// - Throws: ``ServerError`` if OpenSSL takes no such certificate or key.
    init(identity: Identity, handshake: Handshake, resumes: Bool) throws(ServerError) {
        guard let pointer = SSL_CTX_new(TLS_server_method()) else {
            throw .openSSL("cannot set up TLS")
        }
        self.pointer = pointer
        self.versions = handshake.versions
        self.wantsClientCertificate = handshake.wantsClientCertificate
        self.refusal = handshake.refusal
        self.identity = identity
        // All stored properties are set: from here on deinit frees the context.
        fs_ssl_ctx_set_read_ahead(pointer, 1)
        _ = fs_ssl_ctx_set_mode(
            pointer, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        var options = fs_op_no_renegotiation
        if !resumes {
            options |= fs_op_no_ticket
            _ = SSL_CTX_set_num_tickets(pointer, 0)
        }
        SSL_CTX_set_options(pointer, options)
        _ = fs_ssl_ctx_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
        if handshake.isWeak { SSL_CTX_set_security_level(pointer, 0) }
        if let ciphers = handshake.ciphers, SSL_CTX_set_cipher_list(pointer, ciphers) != 1 {
            throw ServerError(
                .data, "OpenSSL knows no cipher suite in '\(ciphers)'; 'openssl ciphers' lists them"
            )
        }
        let chain = handshake.sendsIntermediates ? identity.chain : []
        guard SSL_CTX_use_certificate(pointer, identity.leaf.pointer) == 1,
            SSL_CTX_use_PrivateKey(pointer, identity.key.pointer) == 1,
            chain.allSatisfy({ fs_ssl_ctx_add1_chain_cert(pointer, $0.pointer) == 1 })
        else { throw .openSSL("TLS cannot use this certificate", .data) }
        SSL_CTX_set_alpn_select_cb(pointer, selectProtocol, nil)
        SSL_CTX_set_client_hello_cb(pointer, readClientHello, nil)
        SSL_CTX_set_info_callback(pointer, noteAlert)
    }

    deinit { SSL_CTX_free(self.pointer) }
}

/// Why TLS failed: OpenSSL's queue of errors, drained.
struct TLSError: Error, CustomStringConvertible {
    let reasons: [String]

    var description: String { self.reasons.joined(separator: "; ") }

    /// Takes what OpenSSL's queue of this thread holds.
    static func library() -> TLSError {
        let reasons = OpenSSLErrors.drain()
        return TLSError(reasons: reasons.isEmpty ? ["OpenSSL gives no reason"] : reasons)
    }
}

extension TLSVersion {
    /// OpenSSL's number, as on the wire.
    var wireValue: Int32 {
        switch self {
        case .tls1_0: TLS1_VERSION
        case .tls1_1: TLS1_1_VERSION
        case .tls1_2: TLS1_2_VERSION
        case .tls1_3: TLS1_3_VERSION
        }
    }
}

// MARK: - OpenSSL's callbacks: thin, and free of captures as C wants them

/// Takes `http/1.1` where the client offers it; HTTP/2 gets its place here.
private func selectProtocol(
    _ ssl: OpaquePointer?, _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ outLength: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?,
    _ offeredLength: UInt32, _: UnsafeMutableRawPointer?
) -> Int32 {
    let wanted = Array("http/1.1".utf8)
    let list = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
    var place = 0
    while place < list.count {
        let length = Int(list[place])
        let name = list[(place + 1)..<min(place + 1 + length, list.count)]
        if name.elementsEqual(wanted) {
            out?.pointee = offered.map { $0 + place + 1 }
            outLength?.pointee = UInt8(length)
            return SSL_TLSEXT_ERR_OK
        }
        place += 1 + length
    }
    return SSL_TLSEXT_ERR_NOACK
}

/// Hands the ClientHello to the session, which chooses the context.
private func readClientHello(
    _ ssl: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?, _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let ssl, let session = TLSSession.of(ssl), session.choose() else {
        alert?.pointee = SSL_AD_INTERNAL_ERROR
        return SSL_CLIENT_HELLO_ERROR
    }
    if let refusal = session.refusal {
        if case .alert(let number) = refusal { alert?.pointee = Int32(number) }
        return SSL_CLIENT_HELLO_ERROR
    }
    return SSL_CLIENT_HELLO_SUCCESS
}

private func noteAlert(_ ssl: OpaquePointer?, _ where: Int32, _ value: Int32) {
    guard `where` & SSL_CB_ALERT != 0, let ssl, let session = TLSSession.of(ssl) else { return }
    session.note(
        Event.Alert(
            number: Int(value & 0xFF), isFatal: value >> 8 == 2,
            sender: `where` & SSL_CB_READ != 0 ? .client : .server))
}

/// Takes any client certificate: who it is, is not asked.
private func takeAnyClient(_: Int32, _: OpaquePointer?) -> Int32 { 1 }

extension TLSContext {
    /// What a session does not take on with its context.
    func configure(_ ssl: OpaquePointer) {
        guard self.wantsClientCertificate else { return }
        SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, takeAnyClient)
    }
}
