import FirmwareImage
import Testing

/// Blocks by themselves; that they are what Espressif's tool writes is tested with the keys.
struct SignatureBlockTests {
    private static let digest = [UInt8](0..<32)
    private static let rsaKey = (0..<776).map { UInt8($0 % 251) }
    private static let rsa = SignatureBlock(
        scheme: .rsa3072, imageDigest: digest, key: rsaKey,
        signature: (0..<384).map { UInt8($0 % 241) })
    private static let p256 = SignatureBlock(
        scheme: .ecdsa256, imageDigest: digest, key: [2] + (100..<164),
        signature: Array(10..<74))

    @Test func putsEachFieldOfRSAWhereESPIDFReadsIt() {
        let bytes = Self.rsa.bytes
        #expect(bytes.count == 1216)
        #expect(bytes[..<4] == [0xE7, 2, 0, 0])
        #expect(Array(bytes[4..<36]) == Self.digest)
        #expect(Array(bytes[36..<812]) == Self.rsaKey)
        #expect(bytes[812] == 0 && bytes[813] == 1 && bytes[1195] == 142)
        #expect(bytes[1200...].allSatisfy { $0 == 0 })
    }

    @Test func putsEachFieldOfECDSAWhereESPIDFReadsIt() {
        let bytes = Self.p256.bytes
        #expect(bytes[..<4] == [0xE7, 3, 0, 0])
        #expect(Array(bytes[4..<36]) == Self.digest)
        #expect(Array(bytes[36..<101]) == [2] + (100..<164))
        #expect(Array(bytes[101..<165]) == Array(10..<74))
        #expect(bytes[165..<1196].allSatisfy { $0 == 0 })
        #expect(bytes[1200...].allSatisfy { $0 == 0 })
    }

    /// Computed with `zlib.crc32` in Python over the bytes that the tests above demand.
    @Test func hasTheCRCThatZlibHas() {
        #expect(Self.rsa.crc == 0x6FA9_0378)
        #expect(Self.p256.crc == 0xC0EB_1C3E)
        #expect(Array(Self.rsa.bytes[1196..<1200]) == littleEndian(Self.rsa.crc))
    }

    @Test(arguments: [Self.rsa, Self.p256])
    func anyFlippedBitBeforeTheCRCBreaksIt(block: SignatureBlock) throws {
        for place in 1..<1200 {
            var bytes = block.bytes
            bytes[place] ^= 1 << UInt8(place % 8)
            var damaged = try #require(SignatureBlock(bytes))
            #expect(!damaged.isCRCValid, "\(place)")
            damaged.resealCRC()
            #expect(damaged.isCRCValid, "\(place)")
        }
        for place in 1200..<1216 {
            var bytes = block.bytes
            bytes[place] = 1
            #expect(try #require(SignatureBlock(bytes)).isCRCValid, "\(place)")
        }
    }

    @Test(arguments: [(Self.rsa, 36..<812), (Self.p256, 36..<101)])
    func theKeyDigestIsOverTheKeyAlone(block: SignatureBlock, key: Range<Int>) throws {
        let digest = SHA256.digest(of: Array(block.bytes[key]))
        #expect(block.keyDigest == digest)
        for place in 4..<1216 where place != 36 {
            var bytes = block.bytes
            bytes[place] ^= 0xFF
            let isSame = try #require(SignatureBlock(bytes)).keyDigest == digest
            #expect(isSame == !key.contains(place), "\(place)")
        }
    }

    @Test func knowsTheSchemesThatItCanRead() {
        func scheme(_ version: UInt8, _ hash: UInt8, _ curve: UInt8) -> SignatureScheme? {
            var bytes = [UInt8](repeating: 0, count: SignatureBlock.size)
            (bytes[0], bytes[1], bytes[2], bytes[36]) = (0xE7, version, hash, curve)
            return SignatureBlock(bytes)?.scheme
        }
        #expect(scheme(2, 0, 77) == .rsa3072)
        #expect(scheme(3, 0, 1) == .ecdsa192)
        #expect(scheme(3, 0, 2) == .ecdsa256)
        // P-384 is signed over SHA-384, and its fields stand elsewhere.
        for (version, hash, curve) in [(3, 1, 2), (3, 0, 3), (3, 0, 0), (1, 0, 0), (4, 0, 2)] {
            #expect(scheme(UInt8(version), UInt8(hash), UInt8(curve)) == nil)
        }
        var unknown = Self.rsa
        unknown.version = 9
        #expect(unknown.key == nil && unknown.keyDigest == nil && unknown.signature == nil)
        unknown.signature = [1, 2, 3]
        #expect(unknown.bytes[2...] == Self.rsa.bytes[2...])
    }

    @Test func changesTheFieldThatIsSetAndNoOther() {
        func differences(_ change: (inout SignatureBlock) -> Void) -> [Int] {
            var block = Self.p256
            change(&block)
            return block.bytes.indices.filter { block.bytes[$0] != Self.p256.bytes[$0] }
        }
        #expect(differences { $0.version = 2 } == [1])
        #expect(differences { $0.curve = 1 } == [36])
        #expect(differences { $0.imageDigest[31] = 99 } == [35])
        #expect(differences { $0.signature?[0] ^= 1 } == [101])
        #expect(differences { $0.crc ^= 0xFF00_0000 } == [1199])
    }

    @Test func readsWhatBeginsWithItsMagicAndNothingElse() {
        let noise = [0xE7] + (1..<1216).map { UInt8(truncatingIfNeeded: $0 &* 167) }
        #expect(SignatureBlock(noise)?.bytes == noise)
        #expect(SignatureBlock(noise + [1, 2, 3])?.bytes == noise)
        #expect(SignatureBlock(noise.dropLast()) == nil)
        #expect(SignatureBlock([0xE9] + noise.dropFirst()) == nil)
        #expect(SignatureBlock([]) == nil)
    }
}

private func littleEndian(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
}
