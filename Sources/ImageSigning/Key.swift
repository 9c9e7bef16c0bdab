import COpenSSL
import FirmwareImage

/// An OpenSSL key of a known scheme. It never changes, so threads may share it.
final class Key: @unchecked Sendable {
    /// An `EVP_PKEY`, which lives as long as this object.
    let pointer: OpaquePointer
    let scheme: SignatureScheme

    /// Takes a key over, and frees it.
    /// - Parameter name: what errors call the key.
    init(owning pointer: OpaquePointer, name: String) throws(SigningError) {
        guard let scheme = Self.scheme(of: pointer) else {
            let found = Self.description(of: pointer)
            EVP_PKEY_free(pointer)
            throw SigningError(
                "\(name) is \(found), and Secure Boot v2 takes RSA with 3072 bits, or ECDSA on "
                    + "P-256 or P-192; make such a key with `faultserve image keygen -o KEY.pem`.")
        }
        self.pointer = pointer
        self.scheme = scheme
    }

    deinit { EVP_PKEY_free(self.pointer) }

    private static func scheme(of pointer: OpaquePointer) -> SignatureScheme? {
        if EVP_PKEY_is_a(pointer, "RSA") == 1 {
            return EVP_PKEY_get_bits(pointer) == 3072 ? .rsa3072 : nil
        }
        return SignatureScheme.allCases.first {
            $0.group != nil && $0.group == Self.group(of: pointer)
        }
    }

    /// What the name of an elliptic curve is to OpenSSL; nil of other keys.
    private static func group(of pointer: OpaquePointer) -> String? {
        var name = [CChar](repeating: 0, count: 80)
        guard EVP_PKEY_is_a(pointer, "EC") == 1,
            EVP_PKEY_get_group_name(pointer, &name, name.count, nil) == 1
        else { return nil }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func description(of pointer: OpaquePointer) -> String {
        let type = EVP_PKEY_get0_type_name(pointer).map { String(cString: $0) } ?? "unknown"
        let detail = Self.group(of: pointer).map { " on \($0)" }
        return "a key of type \(type)" + (detail ?? " with \(EVP_PKEY_get_bits(pointer)) bits")
    }

    /// A number of the key, lowest byte first.
    /// - Parameters:
    ///   - name: as `EVP_PKEY-RSA(7)` and `EVP_PKEY-EC(7)` have it.
    ///   - count: how many bytes to give; zeros follow a smaller number.
    func number(_ name: String, count: Int) throws(SigningError) -> [UInt8] {
        var number: OpaquePointer?
        defer { BN_free(number) }
        guard EVP_PKEY_get_bn_param(self.pointer, name, &number) == 1, let number else {
            throw .openSSL("The key has no \(name)")
        }
        guard (BN_num_bits(number) + 7) / 8 <= count else {
            throw SigningError(
                "The \(name) of the key has more than \(count) bytes, for which Secure Boot v2 has no "
                    + "room; make another key with `faultserve image keygen -o KEY.pem`.")
        }
        return try number.littleEndianBytes(count: count)
    }
}

extension SignatureScheme {
    /// What OpenSSL calls the elliptic curve; nil for RSA.
    var group: String? {
        switch self {
        case .rsa3072: nil
        case .ecdsa192: "prime192v1"
        case .ecdsa256: "prime256v1"
        }
    }

    /// How many bytes a coordinate has, or r or s; for RSA, the modulus or the signature.
    var numberSize: Int {
        switch self {
        case .rsa3072: 384
        case .ecdsa192: 24
        case .ecdsa256: 32
        }
    }
}
