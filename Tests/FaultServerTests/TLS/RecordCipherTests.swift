import COpenSSL
import NIOCore
import Testing

@testable import FaultServer

@Suite struct RecordCipherTests {
    /// `struct tls12_crypto_info_aes_gcm_128` and the like: version, cipher, then the rest in its order.
    private static func info(_ version: UInt16, _ cipher: Int32, _ rest: [UInt8]...) -> [UInt8] {
        withUnsafeBytes(of: version, Array.init) + withUnsafeBytes(of: UInt16(cipher), Array.init)
            + rest.flatMap(\.self)
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] * 16 + digits[$0 + 1])
        }
    }

    /// The server's application data of RFC 8448 §3, the second record under its keys.
    @Test func sealsTheRecordOfRFC8448() throws {
        let iv = Self.bytes("cf782b88dd83549aadf1e984")
        let info = Self.info(
            0x0304, TLS_CIPHER_AES_GCM_128, Array(iv[4...]),
            Self.bytes("9f02283b6c9c07efc26bb9f2ac92e356"), Array(iv[..<4]),
            [0, 0, 0, 0, 0, 0, 0, 1])
        var record = ByteBuffer()
        let plaintext = Array(UInt8(0)..<0x32)
        let isSealed = try plaintext.withUnsafeBytes { plaintext in
            try #require(info.withUnsafeBytes { RecordCipher(info: $0.baseAddress!) })
                .seal(plaintext, type: 23, into: &record)
        }
        #expect(isSealed)
        #expect(
            Array(record.readableBytesView)
                == Self.bytes(
                    """
                    17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6df\
                    fc602dcb501a59a8fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d
                    """))
    }

    @Test func leavesOtherCiphersToOpenSSL() {
        let info = Self.info(0x0303, TLS_CIPHER_AES_CCM_128, [UInt8](repeating: 1, count: 36))
        #expect(info.withUnsafeBytes { RecordCipher(info: $0.baseAddress!) } == nil)
    }
}
