import COpenSSL

extension Event.ClientHello {
    /// Reads what OpenSSL holds of a ClientHello. Valid in its client_hello callback only.
    init(reading ssl: OpaquePointer) {
        self.init()
        self.serverName = Self.serverName(Self.extension(TLSEXT_TYPE_server_name, of: ssl))
        self.protocols = Self.protocols(
            Self.extension(TLSEXT_TYPE_application_layer_protocol_negotiation, of: ssl))
        self.versions = Self.versions(of: ssl)
        self.ciphers = Self.ciphers(of: ssl)
        let groups = Self.numbers(
            Self.extension(TLSEXT_TYPE_supported_groups, of: ssl).dropFirst(2))
        self.groups = groups.compactMap { Self.groupNames[$0] }
        let fingerprint = JA3(
            version: Int(SSL_client_hello_get0_legacy_version(ssl)),
            ciphers: Self.numbers(Self.cipherBytes(of: ssl)), extensions: Self.extensions(of: ssl),
            groups: groups,
            pointFormats: Self.extension(TLSEXT_TYPE_ec_point_formats, of: ssl).dropFirst().map {
                Int($0)
            })
        self.ja3 = fingerprint.text
        self.ja3Digest = fingerprint.digest
    }

    /// Numbers of two bytes each.
    private static func numbers(_ bytes: some Collection<UInt8>) -> [Int] {
        let bytes = Array(bytes)
        return stride(from: 0, to: bytes.count - 1, by: 2).map {
            Int(bytes[$0]) << 8 | Int(bytes[$0 + 1])
        }
    }

    private static func cipherBytes(of ssl: OpaquePointer) -> [UInt8] {
        var start: UnsafePointer<UInt8>?
        let count = SSL_client_hello_get0_ciphers(ssl, &start)
        return Array(UnsafeBufferPointer(start: start, count: count))
    }

    /// Numbers of the extensions, in the client's order.
    private static func extensions(of ssl: OpaquePointer) -> [Int] {
        var list: UnsafeMutablePointer<Int32>?
        var count = 0
        guard SSL_client_hello_get1_extensions_present(ssl, &list, &count) == 1 else { return [] }
        defer { CRYPTO_free(list, nil, 0) }
        return UnsafeBufferPointer(start: list, count: count).map { Int($0) }
    }

    /// TLS Supported Groups of the registry, those that clients of today offer.
    private static let groupNames = [
        21: "secp224r1", 19: "secp192r1", 23: "secp256r1", 24: "secp384r1", 25: "secp521r1",
        26: "brainpoolP256r1", 27: "brainpoolP384r1", 28: "brainpoolP512r1", 29: "x25519",
        30: "x448", 256: "ffdhe2048", 257: "ffdhe3072", 258: "ffdhe4096", 259: "ffdhe6144",
        260: "ffdhe8192", 4587: "SecP256r1MLKEM768", 4588: "X25519MLKEM768",
    ]

    private static func `extension`(_ type: Int32, of ssl: OpaquePointer) -> [UInt8] {
        var start: UnsafePointer<UInt8>?
        var count = 0
        guard SSL_client_hello_get0_ext(ssl, UInt32(type), &start, &count) == 1 else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: count))
    }

    /// The first host_name of the list (RFC 6066 §3): list length, type, name length, name.
    private static func serverName(_ bytes: [UInt8]) -> String? {
        guard bytes.count > 5, bytes[2] == 0 else { return nil }
        let length = Int(bytes[3]) << 8 | Int(bytes[4])
        guard length > 0, bytes.count >= 5 + length else { return nil }
        return String(decoding: bytes[5..<5 + length], as: UTF8.self)
    }

    /// The offered protocols (RFC 7301 §3.1): list length, then names with their lengths.
    private static func protocols(_ bytes: [UInt8]) -> [String] {
        var rest = bytes.dropFirst(2)
        var names: [String] = []
        while let length = rest.popFirst(), rest.count >= length {
            names.append(String(decoding: rest.prefix(Int(length)), as: UTF8.self))
            rest = rest.dropFirst(Int(length))
        }
        return names
    }

    /// The offered versions: supported_versions (RFC 8446 §4.2.1), or the hello's own.
    private static func versions(of ssl: OpaquePointer) -> [String] {
        let listed = Self.extension(TLSEXT_TYPE_supported_versions, of: ssl).dropFirst()
        let numbers =
            listed.isEmpty
            ? [Int(SSL_client_hello_get0_legacy_version(ssl))]
            : stride(from: listed.startIndex, to: listed.endIndex - 1, by: 2).map {
                Int(listed[$0]) << 8 | Int(listed[$0 + 1])
            }
        return numbers.compactMap {
            switch $0 {
            case 0x0300: "SSL 3.0"
            case 0x0301: "1.0"
            case 0x0302: "1.1"
            case 0x0303: "1.2"
            case 0x0304: "1.3"
            // GREASE and drafts (RFC 8701).
            default: nil
            }
        }
    }

    /// The offered cipher suites that OpenSSL knows, by their names in the registry.
    private static func ciphers(of ssl: OpaquePointer) -> [String] {
        var start: UnsafePointer<UInt8>?
        let count = SSL_client_hello_get0_ciphers(ssl, &start)
        var list: OpaquePointer?
        var signals: OpaquePointer?
        guard SSL_bytes_to_cipher_list(ssl, start, count, 0, &list, &signals) == 1 else {
            return []
        }
        defer {
            fs_sk_cipher_free(list)
            fs_sk_cipher_free(signals)
        }
        return (0..<fs_sk_cipher_num(list)).compactMap { index in
            SSL_CIPHER_standard_name(fs_sk_cipher_value(list, index)).map { String(cString: $0) }
        }
    }
}
