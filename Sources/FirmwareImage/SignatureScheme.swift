/// How a Secure Boot v2 signature is made (ESP-IDF, "Secure Boot v2").
///
/// The raw value is the name that espsecure's `--scheme` has for it.
public enum SignatureScheme: String, CaseIterable, Sendable {
    /// RSASSA-PSS with 3072 bits, SHA-256, MGF1 with SHA-256, and 32 bytes of salt.
    case rsa3072
    /// ECDSA over SHA-256 on NIST P-192.
    case ecdsa192
    /// ECDSA over SHA-256 on NIST P-256.
    case ecdsa256

    /// The scheme of a block that begins with these bytes; nil if it is none of these, such as
    /// ECDSA on P-384 over SHA-384.
    /// - Precondition: there are 37 bytes or more.
    init?(block bytes: [UInt8]) {
        switch (bytes[1], bytes[2], bytes[SignatureScheme.curveOffset]) {
        case (2, _, _): self = .rsa3072
        case (3, 0, 1): self = .ecdsa192
        case (3, 0, 2): self = .ecdsa256
        default: return nil
        }
    }

    /// Where an ECDSA block says which curve it is on.
    static let curveOffset = 36

    /// The second byte of a block.
    var version: UInt8 { self == .rsa3072 ? 2 : 3 }

    /// Where the public key stands in a block. Its digest is over all of these bytes.
    var keyRange: Range<Int> { self == .rsa3072 ? 36..<812 : 36..<101 }

    /// Where the signature stands in a block.
    var signatureRange: Range<Int> { self == .rsa3072 ? 812..<1196 : 101..<165 }
}
