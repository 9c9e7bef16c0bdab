/// Tells private keys from files that may be served.
enum PrivateKeyMaterial {
    /// First byte of an ESP application image (ESP-IDF, "App Image Format"). Such an image may hold
    /// the device's own key, and is what this server is for.
    static let espImageMagic: UInt8 = 0xE9
    /// First byte of keys and certificates in DER: a SEQUENCE (ITU-T X.690 §8.9).
    static let derSequence: UInt8 = 0x30

    /// Whether files of this name hold keys by custom, whatever is in them.
    static func isKeyName(_ name: some StringProtocol) -> Bool {
        let name = name.lowercased()
        return [".key", "_key.pem", "-key.pem", ".p12", ".pfx", ".jks"].contains {
            name.hasSuffix($0)
        }
    }

    /// Whether a file holds a private key: one in PEM form anywhere in the prefix (RFC 7468, in
    /// UTF-8 or UTF-16), or one in DER that is the whole file.
    /// - Parameters:
    ///   - prefix: the file's first bytes; what lies beyond is not judged.
    ///   - fileSize: size of the whole file in bytes.
    static func isPresent(in prefix: some Collection<UInt8>, fileSize: Int) -> Bool {
        guard prefix.first != Self.espImageMagic else { return false }
        return Self.holdsPEM(prefix) || Self.isDER(Array(prefix.prefix(64)), fileSize: fileSize)
    }

    // MARK: PEM

    private static let begin = Array("-----BEGIN ".utf8)
    private static let labels = ["PRIVATE KEY", "PRIVATE KEY BLOCK"].map { Array($0.utf8) }

    /// Searches the text without its NUL bytes, which makes UTF-16 of either byte order plain.
    private static func holdsPEM(_ bytes: some Collection<UInt8>) -> Bool {
        let text = bytes.filter { $0 != 0 }
        var rest = text[...]
        while let dash = rest.firstIndex(of: Self.begin[0]) {
            rest = rest[dash...]
            if rest.starts(with: Self.begin), Self.isKeyLine(rest.dropFirst(Self.begin.count)) {
                return true
            }
            rest = rest.dropFirst()
        }
        return false
    }

    /// Whether a label of a private key, its dashes and the line's end follow. Without the line's
    /// end each program that can read PEM would be taken for a key: it holds the label as a
    /// constant.
    private static func isKeyLine(_ text: ArraySlice<UInt8>) -> Bool {
        let label = text.prefix { $0 != UInt8(ascii: "-") && $0 >= 0x20 }
        guard label.count <= 64, Self.labels.contains(where: { label.hasSuffix($0) }) else {
            return false
        }
        let dashes = text.dropFirst(label.count)
        guard dashes.starts(with: Array("-----".utf8)) else { return false }
        let end = dashes.dropFirst(5).drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        // A backslash is a line's end in JSON and in source code.
        return end.first.map { [0x0A, 0x0D, UInt8(ascii: "\\")].contains($0) } ?? true
    }

    // MARK: DER

    /// Whether the file is one SEQUENCE that begins as private keys do: a version, then what
    /// follows it in PKCS#8 (RFC 5958), PKCS#1 (RFC 8017), SEC 1 (RFC 5915) and PKCS#12 (RFC 7292);
    /// or the passphrase's algorithm of an encrypted PKCS#8.
    private static func isDER(_ bytes: [UInt8], fileSize: Int) -> Bool {
        guard let outer = DERHeader(bytes[...]), outer.tag == Self.derSequence,
            outer.size + outer.length == fileSize
        else { return false }
        let body = bytes.dropFirst(outer.size)
        if body.starts(with: [0x02, 0x01]), let version = body.dropFirst(2).first,
            let next = body.dropFirst(3).first
        {
            return [0, 1, 3].contains(version) && [0x30, 0x02, 0x04].contains(next)
        }
        guard let inner = DERHeader(body), inner.tag == Self.derSequence else { return false }
        return Self.encryption.contains { body.dropFirst(inner.size).starts(with: $0) }
    }

    /// Object identifiers of PKCS#5 and of PKCS#12's encryption, without their last number.
    private static let encryption: [[UInt8]] = [
        [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05],
        [0x06, 0x0A, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x01],
    ]
}

extension Collection where Element: Equatable {
    fileprivate func hasSuffix(_ end: some Collection<Element>) -> Bool {
        self.count >= end.count && self.suffix(end.count).elementsEqual(end)
    }
}

/// Tag and length of a DER value (ITU-T X.690 §8.1).
private struct DERHeader {
    let tag: UInt8
    /// Bytes of the header.
    let size: Int
    /// Bytes that follow it.
    let length: Int

    init?(_ bytes: ArraySlice<UInt8>) {
        guard let tag = bytes.first, let first = bytes.dropFirst().first else { return nil }
        self.tag = tag
        guard first & 0x80 != 0 else {
            self.size = 2
            self.length = Int(first)
            return
        }
        let count = Int(first & 0x7F)
        let digits = bytes.dropFirst(2).prefix(count)
        guard (1...4).contains(count), digits.count == count else { return nil }
        self.size = 2 + count
        self.length = digits.reduce(0) { $0 << 8 | Int($1) }
    }
}
