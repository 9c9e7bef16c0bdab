import COpenSSL
import FaultKit
import NIOCore

/// A signed certificate. It never changes, so threads may share it.
final class X509Certificate: @unchecked Sendable {
    /// An `X509`, which lives as long as this object.
    let pointer: OpaquePointer

    /// Takes over a reference to a certificate that is complete.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
        // OpenSSL reads the extensions at the first question: now, not while threads share it.
        X509_check_purpose(pointer, -1, 0)
    }

    deinit { X509_free(self.pointer) }

    /// Reads every certificate of a PEM file, in its order.
    /// - Parameter path: where the text comes from, for errors.
    static func all(inPEM text: [UInt8], path: String) throws(ServerError) -> [X509Certificate] {
        var found: [X509Certificate] = []
        MemoryBIO.reading(text) { bio in
            while let certificate = PEM_read_bio_X509(bio, nil, nil, nil) {
                found.append(X509Certificate(owning: certificate))
            }
        }
        let last = ERR_peek_last_error()
        // How OpenSSL says that nothing more follows.
        let isEnd = ERR_GET_LIB(last) == ERR_LIB_PEM && ERR_GET_REASON(last) == PEM_R_NO_START_LINE
        guard isEnd else {
            throw .openSSL("\(path) holds a certificate that cannot be read", .data)
        }
        ERR_clear_error()
        guard !found.isEmpty else {
            throw ServerError(.data, "\(path) holds no certificate in PEM form")
        }
        return found
    }

    func pem() throws(ServerError) -> [UInt8] {
        try MemoryBIO.written { PEM_write_bio_X509($0, self.pointer) }
    }

    /// Whether this is the certificate's key.
    func matches(_ key: PrivateKey) -> Bool {
        defer { ERR_clear_error() }
        return X509_check_private_key(self.pointer, key.pointer) == 1
    }

    /// Whether it is its own issuer, by name and by signature.
    var isSelfSigned: Bool {
        defer { ERR_clear_error() }
        return X509_self_signed(self.pointer, 1) == 1
    }

    /// Why it must not sign others (RFC 5280 §4.2.1.9 and §4.2.1.3); nil if it may.
    var signingObstacle: String? {
        if X509_get_extension_flags(self.pointer) & UInt32(EXFLAG_CA) == 0 {
            return "it is not a CA (no basicConstraints with CA:TRUE)"
        }
        if X509_get_key_usage(self.pointer) & UInt32(KU_KEY_CERT_SIGN) == 0 {
            return "its keyUsage lacks keyCertSign"
        }
        return nil
    }

    /// SHA-256 of the whole certificate, as OpenSSL writes it: `A1:B2:…`.
    var fingerprint: String {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        X509_digest(self.pointer, EVP_sha256(), &digest, &count)
        return digest.prefix(Int(count)).map { $0.hex.uppercased() }.joined(separator: ":")
    }

    /// The names that clients compare with the host in their URL. Others, as addresses of mail, are
    /// left out.
    var names: [SubjectAltName] {
        guard
            let stack = X509_get_ext_d2i(self.pointer, NID_subject_alt_name, nil, nil)
                .map({ OpaquePointer($0) })
        else { return [] }
        defer { GENERAL_NAMES_free(stack) }
        return (0..<OPENSSL_sk_num(stack)).compactMap { index in
            OPENSSL_sk_value(stack, index).flatMap {
                SubjectAltName(general: $0.assumingMemoryBound(to: GENERAL_NAME.self))
            }
        }
    }

    /// The names that this CA may vouch for, and names below them (RFC 5280 §4.2.1.10); empty: any.
    var permitted: [SubjectAltName] {
        guard
            let constraints = X509_get_ext_d2i(self.pointer, NID_name_constraints, nil, nil)?
                .assumingMemoryBound(to: NAME_CONSTRAINTS.self)
        else { return [] }
        defer { NAME_CONSTRAINTS_free(constraints) }
        let subtrees = constraints.pointee.permittedSubtrees
        return (0..<max(0, OPENSSL_sk_num(subtrees))).compactMap { index in
            OPENSSL_sk_value(subtrees, index)?.assumingMemoryBound(to: GENERAL_SUBTREE.self)
                .pointee.base.flatMap(SubjectAltName.init(general:))
        }
    }

    /// Whether a client that asks for this host would find it among the names (RFC 6125 §6).
    func covers(_ host: Host) -> Bool {
        switch host {
        case .name(let name): X509_check_host(self.pointer, name, name.utf8.count, 0, nil) == 1
        case .address(let address): X509_check_ip_asc(self.pointer, address.description, 0) == 1
        }
    }

    var subject: Name { Name(X509_get_subject_name(self.pointer)) }
    var issuer: Name { Name(X509_get_issuer_name(self.pointer)) }
    var notBefore: Moment { Moment(X509_get0_notBefore(self.pointer)) }
    var notAfter: Moment { Moment(X509_get0_notAfter(self.pointer)) }
}

extension X509Certificate {
    /// A subject or issuer.
    struct Name: CustomStringConvertible {
        /// The last CN; empty if there is none.
        let commonName: String
        /// The CN, or everything where there is none.
        let description: String

        fileprivate init(_ name: OpaquePointer?) {
            var place: Int32 = -1
            var next = X509_NAME_get_index_by_NID(name, NID_commonName, -1)
            while next >= 0 {
                place = next
                next = X509_NAME_get_index_by_NID(name, NID_commonName, place)
            }
            let entry = place < 0 ? nil : X509_NAME_get_entry(name, place)
            self.commonName =
                entry.map { String(asn1: X509_NAME_ENTRY_get_data($0)) } ?? ""
            var line = [CChar](repeating: 0, count: 512)
            X509_NAME_oneline(name, &line, Int32(line.count))
            let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            self.description =
                self.commonName.isEmpty ? String(decoding: bytes, as: UTF8.self) : self.commonName
        }
    }

    /// A moment of validity.
    struct Moment: CustomStringConvertible {
        /// As in RFC 3339, in UTC: `2030-01-31 23:59:59Z`.
        let description: String
        private let secondsSince1970: Int

        fileprivate init(_ time: UnsafePointer<ASN1_TIME>?) {
            let epoch = ASN1_TIME_set(nil, 0)
            defer { ASN1_STRING_free(epoch) }
            var days: Int32 = 0
            var seconds: Int32 = 0
            ASN1_TIME_diff(&days, &seconds, epoch, time)
            self.secondsSince1970 = Int(days) * 86_400 + Int(seconds)
            var parts = tm()
            ASN1_TIME_to_tm(time, &parts)
            let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
            let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { Int($0) }
            self.description =
                date.map(\.twoDigits).joined(separator: "-") + " "
                + clock.map(\.twoDigits).joined(separator: ":") + "Z"
        }

        /// Counted from a moment in seconds since 1970; at most 290 years, which is what fits.
        func since(_ now: Int) -> TimeAmount {
            let bound = 290 * 365 * 86_400
            return .seconds(Int64(min(max(self.secondsSince1970 - now, -bound), bound)))
        }
    }
}

extension SubjectAltName {
    /// A dNSName, a URI or an iPAddress; of an address with a mask, the address.
    fileprivate init?(general name: UnsafeMutablePointer<GENERAL_NAME>) {
        var kind: Int32 = 0
        guard let value = GENERAL_NAME_get0_value(name, &kind) else { return nil }
        let bytes = [UInt8](asn1: value.assumingMemoryBound(to: ASN1_STRING.self))
        switch kind {
        case GEN_DNS: self = .dns(String(decoding: bytes, as: UTF8.self))
        case GEN_URI: self = .uri(String(decoding: bytes, as: UTF8.self))
        case GEN_IPADD:
            let hasMask = bytes.count == 8 || bytes.count == 32
            let own = hasMask ? Array(bytes.prefix(bytes.count / 2)) : bytes
            guard let address = HostAddress(own) else { return nil }
            self = .ip(address.description)
        default: return nil
        }
    }
}

extension [UInt8] {
    fileprivate init(asn1 string: UnsafePointer<ASN1_STRING>) {
        self.init(
            UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
    }
}

extension String {
    /// Text of any of ASN.1's string types; empty if it is none.
    fileprivate init(asn1 string: UnsafePointer<ASN1_STRING>) {
        var text: UnsafeMutablePointer<UInt8>?
        let count = ASN1_STRING_to_UTF8(&text, string)
        guard count >= 0, let text else {
            ERR_clear_error()
            self = ""
            return
        }
        self.init(
            decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
        CRYPTO_free(text, nil, 0)
    }
}

extension FixedWidthInteger {
    /// Two digits at least.
    fileprivate var twoDigits: String { (0...9).contains(self) ? "0\(self)" : "\(self)" }
}

extension UInt8 {
    /// Two hexadecimal digits.
    var hex: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
