import FirmwareImage
import ImageSigning
import Testing

/// Bytes that nobody signed, or that were changed since.
struct DamageTests {
    private static let digest = SHA256.digest(of: [1, 2, 3])

    /// The constants beside the modulus count too: the chip uses them, and its eFuses cover them.
    @Test(arguments: SignatureScheme.allCases)
    func anyChangedKeyIsAnotherKey(scheme: SignatureScheme) throws {
        let key = try Keys.key(scheme)
        let block = try key.sign(digest: Self.digest)
        let places =
            scheme == .rsa3072
            ? [0, 383, 384, 388, 771, 772, 775] : [1, 24, scheme == .ecdsa192 ? 64 : 33]
        for place in places {
            var bytes = block.bytes
            bytes[36 + place] ^= 2
            let changed = try #require(SignatureBlock(bytes))
            let named = TrustedKeys([key.verificationKey]).verifies(changed, digest: Self.digest)
            #expect(named == nil, "\(place)")
            #expect(ContainedKeys().verifies(changed, digest: Self.digest) == false, "\(place)")
            #expect(VerificationKey(in: changed) == nil || place == 384, "\(place)")
        }
    }

    @Test(arguments: SignatureScheme.allCases)
    func aBlockOfExtremesIsNoKey(scheme: SignatureScheme) throws {
        let size = scheme == .rsa3072 ? (776, 384) : (65, 64)
        for filling in [0x00, 0x01, 0xFF] as [UInt8] {
            var key = [UInt8](repeating: filling, count: size.0)
            if scheme != .rsa3072 { key[0] = scheme == .ecdsa192 ? 1 : 2 }
            let block = SignatureBlock(
                scheme: scheme, imageDigest: Self.digest, key: key,
                signature: [UInt8](repeating: filling, count: size.1))
            #expect(VerificationKey(in: block) == nil)
            #expect(ContainedKeys().verifies(block, digest: Self.digest) == false)
        }
    }

    @Test(arguments: SignatureScheme.allCases, [0x00, 0xFF] as [UInt8])
    func aSignatureOfExtremesIsWrong(scheme: SignatureScheme, filling: UInt8) throws {
        var block = try Keys.key(scheme).sign(digest: Self.digest)
        block.signature = [UInt8](repeating: filling, count: scheme == .rsa3072 ? 384 : 64)
        #expect(ContainedKeys().verifies(block, digest: Self.digest) == false)
    }

    /// One seed a case, so that a failing one can be run by itself.
    @Test(.timeLimit(.minutes(5)), arguments: [1, 2, 3, 4] as [UInt64])
    func mutatedSectorsAreReadAsTheyAreAndNeverBelieved(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        var original = SignatureSector()
        for scheme in SignatureScheme.allCases {
            try original.append(Keys.key(scheme).sign(digest: Self.digest))
        }
        let trusted = TrustedKeys(
            try SignatureScheme.allCases.map { try Keys.key($0).verificationKey })
        for _ in 0..<200 {
            var bytes = original.bytes
            let slot = Int.random(in: 0..<3, using: &dice)
            // What decides: the head, the key and the signature, and the CRC's bytes.
            let places = [1..<4, 36..<165, 165..<1196, 1196..<1200].randomElement(using: &dice)!
            for _ in 0..<Int.random(in: 1...6, using: &dice) {
                let place = slot * 1216 + Int.random(in: places, using: &dice)
                bytes[place] = UInt8.random(in: 0...255, using: &dice)
            }
            guard bytes != original.bytes else { continue }
            var sector = try #require(SignatureSector(bytes))
            #expect(sector.bytes == bytes)
            for check in sector.checks(digest: Self.digest, with: ContainedKeys()) {
                #expect(
                    check.holds == (sector[check.slot] == original[check.slot]), "\(check.slot)")
            }
            // As somebody would who can count a CRC but has no key.
            sector[slot]?.resealCRC()
            for check in sector.checks(digest: Self.digest, with: trusted)
            where check.slot == slot && check.holds {
                // What may change unseen is what neither key nor signature covers.
                let old = try #require(original[slot])
                #expect(check.block.key == old.key && check.block.imageDigest == old.imageDigest)
            }
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: [5, 6] as [UInt64])
    func chanceBytesAreNeverBelieved(seed: UInt64) throws {
        var dice = SplitMix64(seed: seed)
        for _ in 0..<150 {
            var bytes = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &dice) }
            for slot in 0..<3 {
                bytes[slot * 1216] = 0xE7
                bytes[slot * 1216 + 1] = UInt8.random(in: 1...4, using: &dice)
                bytes[slot * 1216 + 2] = 0
                bytes[slot * 1216 + 36] = UInt8.random(in: 0...3, using: &dice)
                // Odd, and of 3072 bits: what a modulus must be.
                bytes[slot * 1216 + 419] |= 0x80
                guard var block = SignatureBlock(bytes[SignatureSector.range(slot)]) else {
                    continue
                }
                block.resealCRC()
                bytes.replaceSubrange(SignatureSector.range(slot), with: block.bytes)
            }
            let sector = try #require(SignatureSector(bytes))
            let checks = sector.checks(digest: Self.digest, with: ContainedKeys())
            #expect(checks.count == 3)
            #expect(!checks.contains { $0.holds })
        }
    }
}
