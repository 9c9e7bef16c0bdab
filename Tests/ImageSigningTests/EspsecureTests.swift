import FirmwareImage
import Foundation
import ImageSigning
import Testing

/// Signatures, there and back between this library and espsecure.
struct EspsecureTests {
    /// Not a whole number of sectors.
    private static let image = Array(AppImage.demo().bytes.prefix(70_000))

    @Test(.needsEsptool, .timeLimit(.minutes(5)), arguments: SignatureScheme.allCases)
    func espsecureAcceptsWhatWeSign(scheme: SignatureScheme) throws {
        let file = try signed(Self.image, Keys.key(scheme))
        try Espsecure.with { espsecure in
            #expect(try espsecure.accepts(file, key: Keys.key(scheme)))
            #expect(try !espsecure.accepts(file, key: Keys.key(scheme, 1)))
            let info = try espsecure.run(["signature_info_v2", espsecure.path("file")])
            let digest = try Keys.key(scheme).verificationKey.digest
            let spaced = digest.map { [$0].hex }.joined(separator: " ")
            #expect(info.output.contains("Public key digest for block 0: \(spaced)"), "\(info)")
        }
    }

    @Test(.needsEsptool, .timeLimit(.minutes(5)), arguments: SignatureScheme.allCases)
    func weAcceptWhatEspsecureSigns(scheme: SignatureScheme) throws {
        let key = try Keys.key(scheme)
        let other = try Keys.key(scheme, 1)
        let file = try Espsecure.with { try $0.sign(Self.image, key: key) }
        #expect(try checks(file, ContainedKeys()).map(\.holds) == [true])
        #expect(try checks(file, key.verificationKey).map(\.holds) == [true])
        let keys = TrustedKeys([other.verificationKey, key.verificationKey])
        #expect(try checks(file, keys).map(\.holds) == [true])
        let strange = try checks(file, TrustedKeys([other.verificationKey]))
        #expect(strange.map(\.isSignatureRight) == [nil])
    }

    /// All but the signature, which has chance in it, and the CRC of that.
    @Test(.needsEsptool, .timeLimit(.minutes(5)), arguments: SignatureScheme.allCases)
    func weWriteTheBytesThatEspsecureWrites(scheme: SignatureScheme) throws {
        for size in [70_000, 8192] {
            let image = Array(Self.image.prefix(size))
            let key = try Keys.key(scheme)
            func withoutChance(_ file: [UInt8]) throws -> [UInt8] {
                var sector = try #require(SignatureLayout(of: file).sector)
                let count = try #require(sector[0]?.signature?.count)
                sector[0]?.signature = [UInt8](repeating: 0, count: count)
                sector[0]?.crc = 0
                return file.dropLast(4096) + sector.bytes
            }
            let theirs = try Espsecure.with { try $0.sign(image, key: key) }
            #expect(try withoutChance(signed(image, key)) == withoutChance(theirs), "\(size)")
        }
    }

    @Test(.needsEsptool, .timeLimit(.minutes(5)))
    func bothAddToWhatTheOtherSigned() throws {
        let keys = try SignatureScheme.allCases.map { try Keys.key($0) }
        let trusted = TrustedKeys(keys.map(\.verificationKey))
        try Espsecure.with { espsecure in
            for weBegin in [true, false] {
                var file = Self.image
                for (number, key) in keys.enumerated() {
                    let isOurs = (number % 2 == 0) == weBegin
                    let adds = number > 0
                    file =
                        isOurs
                        ? try signed(file, key, adds: adds)
                        : try espsecure.sign(file, key: key, adds: adds)
                    let found = try checks(file, trusted)
                    #expect(found.map(\.holds) == keys[...number].map { _ in true })
                    let digests = keys[...number].map(\.verificationKey.digest)
                    #expect(found.map(\.block.keyDigest) == digests)
                    // The first key is RSA; with one of ECDSA, espsecure fails at a block of RSA.
                    #expect(try espsecure.accepts(file, key: keys[0]))
                }
                #expect(throws: SignatureSectorIsFull.self) {
                    try signed(file, keys[0], adds: true)
                }
            }
        }
    }

    @Test(.needsEsptool, .timeLimit(.minutes(5)), arguments: SignatureScheme.allCases)
    func espsecureAcceptsEachOfThreeSignatures(scheme: SignatureScheme) throws {
        let keys = try [
            Keys.key(scheme), Keys.key(scheme, 1), SigningKey.generate(scheme),
        ]
        var file = try signed(Self.image, keys[0])
        for key in keys.dropFirst() { file = try signed(file, key, adds: true) }
        try Espsecure.with { espsecure in
            for key in keys {
                let isAccepted = try espsecure.accepts(file, key: key)
                #expect(isAccepted)
            }
        }
    }

    enum Damage: CaseIterable {
        case content, padding, digest, signature, signatureEnd, crc, magic
    }

    @Test(
        .needsEsptool, .timeLimit(.minutes(5)), arguments: [SignatureScheme.rsa3072, .ecdsa256],
        Damage.allCases
    )
    func bothRefuseADamagedFile(scheme: SignatureScheme, damage: Damage) throws {
        let key = try Keys.key(scheme)
        var file = try signed(Self.image, key)
        let layout = SignatureLayout(of: file)
        var block = try #require(layout.sector?[0])
        switch damage {
        case .content: file[50_000] ^= 1
        case .padding: file[layout.contentSize - 1] ^= 1
        case .digest: block.imageDigest[31] ^= 0x80
        case .signature: block.signature?[0] ^= 1
        case .signatureEnd: block.signature?[scheme == .rsa3072 ? 383 : 63] ^= 1
        case .crc, .magic: break
        }
        block.resealCRC()
        if damage == .crc { block.crc ^= 1 }
        file.replaceSubrange(layout.sectorOffset..<layout.sectorOffset + 1216, with: block.bytes)
        if damage == .magic { file[layout.sectorOffset] = 0 }

        let isAccepted = try Espsecure.with { try $0.accepts(file, key: key) }
        #expect(!isAccepted)
        guard damage != .magic else {
            #expect(SignatureLayout(of: file).sector == nil)
            return
        }
        for found in [try checks(file, ContainedKeys()), try checks(file, key.verificationKey)] {
            #expect(found.map(\.isBroken) == [true])
            #expect(found[0].isCRCRight == (damage != .crc))
            let isDigestDamaged = [.content, .padding, .digest].contains(damage)
            #expect(found[0].isDigestRight == !isDigestDamaged)
            let isSignatureDamaged = [.content, .padding, .signature, .signatureEnd]
                .contains(damage)
            #expect(found[0].isSignatureRight == !isSignatureDamaged)
        }
    }
}
