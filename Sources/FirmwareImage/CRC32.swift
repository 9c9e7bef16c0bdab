/// The checksum of zlib, Ethernet and otadata (RFC 1952, section 8).
public enum CRC32 {
    /// The checksum of bytes, as zlib's `crc32` has it.
    ///
    /// ESP-IDF seals `ota_seq` with the checksum that continues from 0xFFFFFFFF
    /// (`bootloader_common_ota_select_crc`).
    /// - Parameters:
    ///   - bytes: as many as there are.
    ///   - crc: the checksum of the bytes before these, which is zlib's second argument.
    public static func of(_ bytes: some Sequence<UInt8>, continuing crc: UInt32 = 0) -> UInt32 {
        ~bytes.reduce(~crc) { register, byte in
            table[Int(UInt8(truncatingIfNeeded: register) ^ byte)] ^ register >> 8
        }
    }

    /// What each byte does to the register: eight steps of division by the polynomial.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(byte) { rest, _ in
            rest & 1 == 1 ? 0xEDB8_8320 ^ rest >> 1 : rest >> 1
        }
    }
}
