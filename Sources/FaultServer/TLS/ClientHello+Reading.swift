import COpenSSL

extension Event.ClientHello {
    /// - Parameter ssl: whose library names the cipher suites.
    init(_ message: ClientHelloMessage, namedBy ssl: OpaquePointer) {
        self.init()
        self.serverName = message.serverName
        self.protocols = message.protocols
        self.versions = message.versions.compactMap { Self.versionNames[$0] }
        self.ciphers = message.cipherSuites.compactMap { Self.suiteName($0, of: ssl) }
        self.groups = message.groups.compactMap { Self.groupNames[$0] }
        let fingerprint = JA3(message)
        self.ja3 = fingerprint.text
        self.ja3Digest = fingerprint.digest
    }

    /// Without GREASE and drafts (RFC 8701).
    private static let versionNames = [
        0x0300: "SSL 3.0", 0x0301: "1.0", 0x0302: "1.1", 0x0303: "1.2", 0x0304: "1.3",
    ]

    /// TLS Supported Groups of the registry, those that clients of today offer.
    private static let groupNames = [
        19: "secp192r1", 21: "secp224r1", 23: "secp256r1", 24: "secp384r1", 25: "secp521r1",
        26: "brainpoolP256r1", 27: "brainpoolP384r1", 28: "brainpoolP512r1", 29: "x25519",
        30: "x448", 256: "ffdhe2048", 257: "ffdhe3072", 258: "ffdhe4096", 259: "ffdhe6144",
        260: "ffdhe8192", 4587: "SecP256r1MLKEM768", 4588: "X25519MLKEM768",
    ]

    /// The name in the registry; nil for suites that OpenSSL does not know, and signals that are none.
    private static func suiteName(_ number: Int, of ssl: OpaquePointer) -> String? {
        SSL_CIPHER_find(ssl, [UInt8(number >> 8), UInt8(number & 0xFF)])
            .flatMap(SSL_CIPHER_standard_name).map { String(cString: $0) }
    }
}
