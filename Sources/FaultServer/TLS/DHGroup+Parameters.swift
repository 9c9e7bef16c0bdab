import COpenSSL
import FaultKit

extension Handshake.DHGroup {
    /// - Returns: an `EVP_PKEY` without a key, for who takes it over; nil if OpenSSL makes none.
    func makeParameters() -> OpaquePointer? {
        guard let (prime, generator) = self.numbers else { return nil }
        defer {
            BN_free(prime)
            BN_free(generator)
        }
        let builder = OSSL_PARAM_BLD_new()
        defer { OSSL_PARAM_BLD_free(builder) }
        guard OSSL_PARAM_BLD_push_BN(builder, fs_param_prime, prime) == 1,
            OSSL_PARAM_BLD_push_BN(builder, fs_param_generator, generator) == 1,
            let list = OSSL_PARAM_BLD_to_param(builder)
        else { return nil }
        defer { OSSL_PARAM_free(list) }
        let context = EVP_PKEY_CTX_new_from_name(nil, "DH", nil)
        defer { EVP_PKEY_CTX_free(context) }
        var parameters: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &parameters, fs_key_parameters, list) == 1
        else { return nil }
        return parameters
    }

    /// Modulus and generator, two `BIGNUM`s for the caller to free.
    private var numbers: (OpaquePointer, OpaquePointer)? {
        guard let prime = self.modulus, let generator = BN_new() else { return nil }
        if self == .smallSubgroup {
            // p - 1 is its own inverse.
            BN_copy(generator, prime)
            BN_sub_word(generator, 1)
        } else {
            BN_set_word(generator, 2)
        }
        return (prime, generator)
    }

    private var modulus: OpaquePointer? {
        switch self {
        case .bits512:
            let prime = BN_new()
            return BN_generate_prime_ex(prime, 512, 1, nil, nil, nil) == 1 ? prime : nil
        case .bits768: return BN_get_rfc2409_prime_768(nil)
        case .bits1024: return BN_get_rfc2409_prime_1024(nil)
        case .smallSubgroup: return BN_get_rfc3526_prime_2048(nil)
        case .composite:
            let number = BN_get_rfc3526_prime_2048(nil)
            repeat { BN_add_word(number, 2) } while BN_check_prime(number, nil, nil) != 0
            return number
        }
    }
}
