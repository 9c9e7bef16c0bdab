/// What TLS alerts are called, and what one means when a device sends it.
extension Event.Alert {
    /// The name in the registry of TLS alerts (RFC 8446 §6, IANA TLS Alerts).
    public var name: String { Self.names[self.number] ?? "alert \(self.number)" }

    /// By their numbers.
    static let names: [Int: String] = [
        0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 21: "decryption_failed",
        22: "record_overflow", 30: "decompression_failure", 40: "handshake_failure",
        41: "no_certificate", 42: "bad_certificate", 43: "unsupported_certificate",
        44: "certificate_revoked", 45: "certificate_expired", 46: "certificate_unknown",
        47: "illegal_parameter", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
        51: "decrypt_error", 60: "export_restriction", 70: "protocol_version",
        71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback",
        90: "user_canceled", 100: "no_renegotiation", 109: "missing_extension",
        110: "unsupported_extension", 111: "certificate_unobtainable", 112: "unrecognized_name",
        113: "bad_certificate_status_response", 114: "bad_certificate_hash_value",
        115: "unknown_psk_identity", 116: "certificate_required", 120: "no_application_protocol",
    ]

    /// What it usually means that a client sent this alert: Mbed TLS 3.6 as in ESP-IDF v5.3, and OpenSSL 3.0 where it
    /// differs. Nil where the name says it all.
    public var meaning: String? {
        switch self.number {
        case 0: "the client closed the connection by itself; some refuse a certificate this way"
        case 10: "a message or a record came where none of its kind may come"
        case 20: "a record was changed, lost or doubled on the way"
        case 40: "client and server have no cipher suite, group or signature algorithm in common"
        case 42:
            "the certificate's names do not match the host in the URL, or it is malformed; from OpenSSL also: "
                + "not valid yet, or its key or digest is too weak"
        case 43: "the key is too weak (Mbed TLS), or its usage does not allow TLS servers"
        case 45: "the certificate has expired by the client's clock"
        case 46:
            "Mbed TLS: not valid yet by the client's clock, or signed with a weak digest; OpenSSL: a critical "
                + "extension, or names that the CA may not vouch for"
        case 47: "the server chose what the client had not offered"
        case 48:
            "the client does not trust this CA: is the right ca_cert.pem flashed? Or the chain has a gap, or one in "
                + "it that is no CA"
        case 49: "Mbed TLS: no CA of the certificate bundle has signed it, or the chain is too long"
        case 51: "a signature is wrong: the certificate and the server's key do not belong together"
        case 70: "client and server have no TLS version in common"
        case 80: "OpenSSL: its security level does not allow so old a TLS version"
        default: nil
        }
    }
}
