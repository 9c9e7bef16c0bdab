import COpenSSL
import FaultKit

/// What the handshakes of one recipe share: an `SSL_CTX` with certificate, chain and key.
/// Immutable once it is set up.
final class TLSContext: @unchecked Sendable {
    /// The `SSL_CTX *`.
    let pointer: OpaquePointer
    let handshake: Handshake
    private let identity: Identity

    /// - Parameters:
    ///   - handshake: weak ones are done as they are asked for.
    ///   - anchor: the CA whose clients are trusted, where a client certificate is wanted.
    ///   - keyLog: takes the sessions' secrets (NSS Key Log Format); nil: nobody does.
    /// - Throws: ``ServerError`` if OpenSSL takes no such certificate or key.
    init(
        identity: Identity, handshake: Handshake, anchor: X509Certificate, keyLog: KeyLog? = nil
    ) throws(ServerError) {
        guard let pointer = SSL_CTX_new(TLS_server_method()) else {
            throw .openSSL("cannot set up TLS")
        }
        self.pointer = pointer
        self.handshake = handshake
        self.identity = identity
        // All stored properties are set: from here on deinit frees the context.
        fs_ssl_ctx_set_read_ahead(pointer, 1)
        _ = fs_ssl_ctx_set_mode(
            pointer, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        _ = fs_ssl_ctx_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
        if handshake.isWeak {
            SSL_CTX_set_security_level(pointer, 0)
            // Even at level 0 OpenSSL takes no small group of DHE.
            SSL_CTX_set_security_callback(pointer) { _, _, _, _, _, _, _ in 1 }
        }
        SSL_CTX_set_options(pointer, fs_op_server_preference)
        if let ciphers = handshake.ciphers ?? Self.ciphers(for: handshake.versions),
            SSL_CTX_set_cipher_list(pointer, ciphers) != 1
        {
            throw ServerError(
                .data, "OpenSSL knows no cipher suite in '\(ciphers)'; 'openssl ciphers' lists them"
            )
        }
        if let groups = handshake.groups, fs_ssl_ctx_set_groups(pointer, groups) != 1 {
            ERR_clear_error()
            throw ServerError(
                .data,
                "OpenSSL knows no such groups as '\(groups)'; write names such as P-521 or X25519")
        }
        // For DHE, where the suites want it: the group that was asked for, or one that fits the certificate's key.
        if let group = handshake.dhGroup {
            // The context takes the parameters over.
            guard let parameters = group.makeParameters(),
                SSL_CTX_set0_tmp_dh_pkey(pointer, parameters) == 1
            else { throw .openSSL("cannot set up the DH group \(group.rawValue)") }
        } else {
            _ = fs_ssl_ctx_set_dh_auto(pointer)
        }
        guard SSL_CTX_use_certificate(pointer, identity.leaf.pointer) == 1,
            SSL_CTX_use_PrivateKey(pointer, identity.key.pointer) == 1,
            identity.chain.allSatisfy({ fs_ssl_ctx_add1_chain_cert(pointer, $0.pointer) == 1 })
        else { throw .openSSL("TLS cannot use this certificate", .data) }
        if handshake.clientCertificate == .trusted {
            X509_STORE_add_cert(SSL_CTX_get_cert_store(pointer), anchor.pointer)
            SSL_CTX_add_client_CA(pointer, anchor.pointer)
        }
        SSL_CTX_set_alpn_select_cb(pointer, selectProtocol, nil)
        SSL_CTX_set_client_hello_cb(pointer, readClientHello, nil)
        SSL_CTX_set_msg_callback(pointer, keepClientHello)
        SSL_CTX_set_info_callback(pointer, noteAlert)
        SSL_CTX_set_session_ticket_cb(pointer, nil, judgeTicket, nil)
        if !identity.staple.isEmpty {
            _ = fs_ssl_ctx_set_status_callback(pointer, stapleResponse)
        }
        if let keyLog { keyLog.listen(to: pointer) }
    }

    deinit { SSL_CTX_free(self.pointer) }

    /// The suites up to TLS 1.2 that a server of today offers (RFC 9325 §4.2); before TLS 1.2 there are none of
    /// them, so that OpenSSL's own list has to do.
    private static func ciphers(for versions: ClosedRange<TLSVersion>) -> String? {
        versions.lowerBound < .tls1_2 ? nil : "ECDHE+AESGCM:ECDHE+CHACHA20"
    }

    fileprivate var staple: [UInt8] { self.identity.staple }
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

/// Answers a client that offers protocols as the handshake says.
private func selectProtocol(
    _ ssl: OpaquePointer?, _ out: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ outLength: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?,
    _ offeredLength: UInt32, _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let ssl, let session = TLSSession.of(ssl) else { return SSL_TLSEXT_ERR_NOACK }
    switch session.context.handshake.alpn {
    case .unanswered: return SSL_TLSEXT_ERR_NOACK
    case .refused: return SSL_TLSEXT_ERR_ALERT_FATAL
    case .chosen:
        // The session keeps the bytes until it ends.
        out?.pointee = session.chosenProtocol.flatMap { UnsafePointer($0.baseAddress) }
        outLength?.pointee = UInt8(session.chosenProtocol?.count ?? 0)
        return SSL_TLSEXT_ERR_OK
    case .firstOf(let names):
        for name in names {
            if let place = find(name.rawValue, in: offered, offeredLength) {
                out?.pointee = place
                outLength?.pointee = UInt8(name.rawValue.utf8.count)
                return SSL_TLSEXT_ERR_OK
            }
        }
        return SSL_TLSEXT_ERR_NOACK
    }
}

/// Where a name stands in the list of ALPN, in which each has its length before it (RFC 7301 §3.1).
private func find(
    _ wanted: String, in offered: UnsafePointer<UInt8>?, _ offeredLength: UInt32
) -> UnsafePointer<UInt8>? {
    let list = UnsafeBufferPointer(start: offered, count: Int(offeredLength))
    var place = 0
    while place < list.count {
        let length = Int(list[place])
        let name = list[(place + 1)..<min(place + 1 + length, list.count)]
        if name.elementsEqual(wanted.utf8) { return offered.map { $0 + place + 1 } }
        place += 1 + length
    }
    return nil
}

/// Shows the session the handshake messages of the client: OpenSSL itself lists only the extensions that it knows.
private func keepClientHello(
    _ isSent: Int32, _: Int32, _ contentType: Int32, _ bytes: UnsafeRawPointer?, _ count: Int,
    _ ssl: OpaquePointer?, _: UnsafeMutableRawPointer?
) {
    guard isSent == 0, contentType == SSL3_RT_HANDSHAKE, let ssl else { return }
    TLSSession.of(ssl)?.keep(UnsafeRawBufferPointer(start: bytes, count: count))
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

/// Refuses any, for the reason that is given for a bad certificate.
private func refuseAnyClient(_: Int32, _ store: OpaquePointer?) -> Int32 {
    X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
    return 0
}

/// Whether a ticket that a client has brought is taken.
private func judgeTicket(
    _ ssl: OpaquePointer?, _: OpaquePointer?, _: UnsafePointer<UInt8>?, _: Int,
    _ status: SSL_TICKET_STATUS, _: UnsafeMutableRawPointer?
) -> SSL_TICKET_RETURN {
    if let ssl, TLSSession.of(ssl)?.context.handshake.sessions == .refused {
        return SSL_TICKET_RETURN(SSL_TICKET_RETURN_IGNORE_RENEW)
    }
    switch Int32(status) {
    case SSL_TICKET_SUCCESS: return SSL_TICKET_RETURN(SSL_TICKET_RETURN_USE)
    case SSL_TICKET_SUCCESS_RENEW: return SSL_TICKET_RETURN(SSL_TICKET_RETURN_USE_RENEW)
    default: return SSL_TICKET_RETURN(SSL_TICKET_RETURN_IGNORE_RENEW)
    }
}

/// Staples an OCSP response; OpenSSL asks where the client has asked.
private func stapleResponse(_ ssl: OpaquePointer?, _: UnsafeMutableRawPointer?) -> Int32 {
    guard let ssl, let response = TLSSession.of(ssl)?.context.staple,
        let copy = fs_memdup(response, response.count)
    else { return SSL_TLSEXT_ERR_NOACK }
    _ = fs_ssl_set_staple(ssl, copy, response.count)
    return SSL_TLSEXT_ERR_OK
}

extension TLSContext {
    /// What a session does not take on with its context.
    /// - Returns: whether OpenSSL can do it.
    func configure(_ ssl: OpaquePointer) -> Bool {
        let handshake = self.handshake
        switch handshake.clientCertificate {
        case .unasked: break
        case .asked: SSL_set_verify(ssl, SSL_VERIFY_PEER, takeAnyClient)
        case .required:
            SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, takeAnyClient)
        case .trusted:
            SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        case .refused:
            SSL_set_verify(ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, refuseAnyClient)
        }
        if handshake.sessions == .withheld {
            SSL_set_options(ssl, fs_op_no_ticket)
            _ = SSL_set_num_tickets(ssl, 0)
        }
        // A renegotiation is never the client's idea.
        if handshake.postHandshake?.kind != .helloRequest {
            SSL_set_options(ssl, fs_op_no_renegotiation)
        }
        // Ours protects whole records; it says no KeyUpdate, and OpenSSL renegotiates only without it.
        if handshake.postHandshake == nil { SSL_set_options(ssl, fs_op_enable_ktls) }
        // OpenSSL's least; smaller pieces of data are cut by the session.
        let fragment = max(512, handshake.recordSize)
        if fragment < 16_384 { _ = fs_ssl_set_max_send_fragment(ssl, fragment) }
        return fs_ssl_set_min_proto_version(ssl, handshake.versions.lowerBound.wireValue) == 1
            && fs_ssl_set_max_proto_version(ssl, handshake.versions.upperBound.wireValue) == 1
            && handshake.groups.map { fs_ssl_set_groups(ssl, $0) == 1 } ?? true
    }
}
