import COpenSSL
import FirmwareImage

/// Public keys of the numbers that a signature block has.
enum PublicNumbers {
    /// A key, which belongs to the caller; nil if the numbers make none.
    /// - Parameter bytes: ``SignatureBlock/key``.
    static func key(scheme: SignatureScheme, _ bytes: [UInt8]) -> OpaquePointer? {
        let size = scheme.numberSize
        if let group = scheme.group {
            return Self.onCurve(
                group, x: bytes[1..<1 + size].reversed(),
                y: bytes[1 + size..<1 + 2 * size].reversed())
        }
        let modulus = OpaquePointer.bigNumber(littleEndian: bytes[..<size])
        let exponent = OpaquePointer.bigNumber(littleEndian: bytes[size..<size + 4])
        defer {
            BN_free(modulus)
            BN_free(exponent)
        }
        return Self.key(of: "RSA") { builder in
            OSSL_PARAM_BLD_push_BN(builder, fs_param_rsa_n, modulus)
                & OSSL_PARAM_BLD_push_BN(builder, fs_param_rsa_e, exponent)
        }
    }

    private static func onCurve(_ group: String, x: [UInt8], y: [UInt8]) -> OpaquePointer? {
        // An uncompressed point (SEC 1, section 2.3.3).
        ([4] + x + y).withUnsafeBytes { point in
            group.withCString { name in
                Self.key(of: "EC") { builder in
                    OSSL_PARAM_BLD_push_utf8_string(builder, fs_param_group, name, 0)
                        & OSSL_PARAM_BLD_push_octet_string(
                            builder, fs_param_pub, point.baseAddress, point.count)
                }
            }
        }
    }

    /// - Parameter push: hands the numbers over, by reference, and returns 1 if it could.
    private static func key(
        of type: String, _ push: (OpaquePointer?) -> Int32
    ) -> OpaquePointer? {
        let builder = OSSL_PARAM_BLD_new()
        defer { OSSL_PARAM_BLD_free(builder) }
        guard push(builder) == 1 else { return nil }
        let parameters = OSSL_PARAM_BLD_to_param(builder)
        let context = EVP_PKEY_CTX_new_from_name(nil, type, nil)
        defer {
            OSSL_PARAM_free(parameters)
            EVP_PKEY_CTX_free(context)
        }
        var key: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &key, fs_select_public_key, parameters) == 1
        else { return nil }
        return key
    }
}
