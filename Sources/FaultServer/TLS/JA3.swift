import COpenSSL

/// The fingerprint of a ClientHello that tells builds of clients apart
/// (https://github.com/salesforce/ja3): its numbers in decimal, without those of GREASE (RFC 8701).
struct JA3 {
    let text: String

    init(_ hello: ClientHelloMessage) {
        let lists = [
            hello.cipherSuites, hello.extensions.map(\.type), hello.groups, hello.pointFormats,
        ].map { list in
            list.filter { !Self.isGREASE($0) }.map(String.init).joined(separator: "-")
        }
        self.text = ([String(hello.legacyVersion)] + lists).joined(separator: ",")
    }

    /// MD5 in hexadecimal digits.
    var digest: String {
        let bytes = Array(self.text.utf8)
        var digest = [UInt8](repeating: 0, count: 16)
        EVP_Digest(bytes, bytes.count, &digest, nil, EVP_md5(), nil)
        return digest.map(\.hex).joined()
    }

    /// 0x0A0A, 0x1A1A ... 0xFAFA.
    private static func isGREASE(_ number: Int) -> Bool {
        number >> 8 == number & 0xFF && number & 0x0F == 0x0A
    }
}
