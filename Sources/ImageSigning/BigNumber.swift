import COpenSSL

/// OpenSSL's `BIGNUM`.
extension OpaquePointer {
    /// A new number, which the caller frees.
    /// - Parameter bytes: lowest byte first.
    static func bigNumber(littleEndian bytes: some Collection<UInt8>) -> OpaquePointer {
        let bytes = Array(bytes)
        guard let number = BN_lebin2bn(bytes, Int32(bytes.count), nil) else {
            preconditionFailure("no memory for a number")
        }
        return number
    }

    /// The number, lowest byte first, with zeros behind it.
    func littleEndianBytes(count: Int) throws(SigningError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard BN_bn2lebinpad(self, &bytes, Int32(count)) == Int32(count) else {
            throw .openSSL("A number has more than \(count) bytes")
        }
        return bytes
    }
}

/// What Espressif's RSA peripheral needs of a modulus, so that it need not divide.
struct MontgomeryConstants {
    /// R = 2^(twice the modulus's bits) mod n, as long as the modulus, lowest byte first.
    let r: [UInt8]
    /// M' = -1/n mod 2^32, lowest byte first.
    let mPrime: [UInt8]

    /// - Parameter modulus: n, lowest byte first.
    /// - Throws: if the modulus is even or zero, as none of a key is.
    init(modulus: [UInt8]) throws(SigningError) {
        let n = OpaquePointer.bigNumber(littleEndian: modulus)
        let square = OpaquePointer.bigNumber(littleEndian: [])
        let word = OpaquePointer.bigNumber(littleEndian: [])
        let r = OpaquePointer.bigNumber(littleEndian: [])
        let m = OpaquePointer.bigNumber(littleEndian: [])
        let context = BN_CTX_new()
        defer {
            for number in [n, square, word, r, m] { BN_free(number) }
            BN_CTX_free(context)
        }
        guard BN_set_bit(square, Int32(modulus.count * 16)) == 1, BN_set_bit(word, 32) == 1,
            BN_div(nil, r, square, n, context) == 1,
            BN_mod_inverse(m, n, word, context) != nil, BN_sub(m, word, m) == 1
        else { throw .openSSL("The modulus is none of an RSA key") }
        self.r = try r.littleEndianBytes(count: modulus.count)
        self.mPrime = try m.littleEndianBytes(count: 4)
    }
}
