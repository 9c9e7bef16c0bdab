import FirmwareImage
import Testing

/// Sectors of signatures, and where they stand in files.
struct SignatureLayoutTests {
    /// Makes blocks that say which is which, and signs nothing.
    private struct Stamp: Signer {
        let number: UInt8

        func sign(digest: [UInt8]) -> SignatureBlock {
            SignatureBlock(
                scheme: .ecdsa256, imageDigest: digest,
                key: [2] + [UInt8](repeating: self.number, count: 64),
                signature: [UInt8](repeating: self.number, count: 64))
        }
    }

    /// Knows the stamps 1 and 2, and takes 1 for right.
    private struct StampReader: SignatureVerifier {
        func verifies(_ block: SignatureBlock, digest: [UInt8]) -> Bool? {
            [1: true, 2: false][block.signature?[0] ?? 0]
        }
    }

    private static let digest = [UInt8](repeating: 7, count: 32)

    private static func block(_ number: UInt8) -> SignatureBlock {
        Stamp(number: number).sign(digest: digest)
    }

    @Test func fillsSlotsInOrderAndRefusesAFourth() throws {
        var sector = SignatureSector()
        #expect(sector.bytes == [UInt8](repeating: 0xFF, count: 4096))
        for number in 1...3 as ClosedRange<UInt8> { try sector.append(Self.block(number)) }
        #expect(Array(sector.bytes[..<1216]) == Self.block(1).bytes)
        #expect(Array(sector.bytes[1216..<2432]) == Self.block(2).bytes)
        #expect(Array(sector.bytes[2432..<3648]) == Self.block(3).bytes)
        #expect(sector.bytes[3648...].allSatisfy { $0 == 0xFF })
        #expect(throws: SignatureSectorIsFull.self) { try sector.append(Self.block(4)) }
        sector[1] = nil
        #expect(sector.bytes[1216..<2432].allSatisfy { $0 == 0xFF })
        try sector.append(Self.block(4))
        #expect(sector[1] == Self.block(4))
    }

    @Test func keepsEveryByteOfASectorThatItReads() throws {
        var bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        bytes.replaceSubrange(1216..<2432, with: Self.block(1).bytes)
        let sector = try #require(SignatureSector(bytes))
        #expect(sector.bytes == bytes)
        #expect(sector[1] == Self.block(1))
    }

    @Test func findsADamagedSignatureAndNoChanceOne() throws {
        func sector(_ block: SignatureBlock?, _ edit: (inout [UInt8]) -> Void) -> SignatureSector? {
            var sector = SignatureSector()
            sector[2] = block
            var bytes = sector.bytes
            edit(&bytes)
            return SignatureSector(bytes)
        }
        #expect(sector(Self.block(1)) { _ in } != nil)
        #expect(sector(Self.block(1)) { $0[2432 + 1196] ^= 1 } != nil)
        #expect(sector(Self.block(1)) { $0[2432 + 1215] = 1 } != nil)
        #expect(sector(Self.block(1)) { $0[2432] = 0xE6 } == nil)
        #expect(sector(Self.block(1)) { $0[2432 + 1] = 9 } == nil)
        #expect(sector(nil) { ($0[0], $0[1]) = (0xE7, 2) } == nil)
        #expect(sector(nil) { _ in } == nil)
        #expect(SignatureSector(SignatureSector().bytes.dropLast()) == nil)
        #expect(SignatureSector(Self.block(1).bytes) == nil)
        #expect(SignatureSector([]) == nil)
    }

    @Test(arguments: [(0, 0), (1, 4095), (4095, 1), (4096, 0), (4097, 4095), (10_000, 2288)])
    func padsTheContentToAWholeSector(size: Int, padding: Int) throws {
        let file = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 13) }
        let layout = SignatureLayout(of: file)
        #expect(layout.contentSize == size && layout.sector == nil)
        #expect(layout.padding == [UInt8](repeating: 0xFF, count: padding))
        #expect(layout.sectorOffset == size + padding)
        let digest = layout.digest(of: file)
        #expect(digest == SHA256.digest(of: file + layout.padding))

        let tail = try layout.tail(signing: digest, with: Stamp(number: 1))
        #expect(tail.count == padding + 4096)
        let signed = SignatureLayout(of: file + tail)
        #expect(signed.contentSize == size + padding && signed.padding.isEmpty)
        #expect(signed.sector?[0]?.imageDigest == digest)
        #expect(signed.digest(of: file + tail) == digest)
        // Only the end is looked at, as much of it as there is.
        #expect(SignatureLayout(size: size + tail.count, end: tail) == signed)
    }

    @Test func replacesSignaturesOrAddsToThem() throws {
        let file = [UInt8](repeating: 1, count: 5000)
        func signed(_ file: [UInt8], _ number: UInt8, keepsOthers: Bool) throws -> [UInt8] {
            let layout = SignatureLayout(of: file)
            return try file.prefix(layout.contentSize)
                + layout.tail(
                    signing: layout.digest(of: file), with: Stamp(number: number),
                    keepsOthers: keepsOthers)
        }
        func stamps(_ file: [UInt8]) -> [UInt8?] {
            (0..<3).map { SignatureLayout(of: file).sector?[$0]?.signature?[0] }
        }
        let one = try signed(file, 1, keepsOthers: true)
        #expect(stamps(one) == [1, nil, nil])
        let two = try signed(one, 2, keepsOthers: true)
        #expect(stamps(two) == [1, 2, nil])
        #expect(two.count == one.count)
        let three = try signed(two, 3, keepsOthers: true)
        #expect(stamps(three) == [1, 2, 3])
        #expect(throws: SignatureSectorIsFull.self) { try signed(three, 4, keepsOthers: true) }
        #expect(stamps(try signed(three, 4, keepsOthers: false)) == [4, nil, nil])
    }

    @Test func aFileOfNoWholeSectorsHasNoSignature() throws {
        let file = [UInt8](repeating: 1, count: 4096)
        let layout = SignatureLayout(of: file)
        let signed =
            try file + layout.tail(signing: layout.digest(of: file), with: Stamp(number: 1))
        #expect(SignatureLayout(of: signed).sector != nil)
        #expect(SignatureLayout(of: [9] + signed).sector == nil)
        #expect(SignatureLayout(of: Array(signed.dropLast())).sector == nil)
    }

    @Test func tellsWhatIsWrongWithEachBlock() throws {
        var sector = SignatureSector()
        for number in 1...3 as ClosedRange<UInt8> { try sector.append(Self.block(number)) }
        func checks(_ edit: (inout SignatureBlock) -> Void) throws -> [SignatureCheck] {
            var sector = sector
            var block = try #require(sector[0])
            edit(&block)
            sector[0] = block
            return sector.checks(digest: Self.digest, with: StampReader())
        }
        let all = try checks { _ in }
        #expect(all.map(\.slot) == [0, 1, 2])
        #expect(all.map(\.isSignatureRight) == [true, false, nil])
        #expect(all.map(\.holds) == [true, false, false])
        #expect(all.map(\.isBroken) == [false, true, false])

        let crc = try checks { $0.crc ^= 1 }[0]
        #expect(!crc.isCRCRight && crc.isDigestRight == true && crc.isBroken && !crc.holds)
        let digest = try checks {
            $0.imageDigest[0] ^= 1
            $0.resealCRC()
        }[0]
        #expect(digest.isCRCRight && digest.isDigestRight == false && digest.isBroken)
        let unknown = try checks {
            $0.curve = 3
            $0.resealCRC()
        }[0]
        #expect(unknown.isCRCRight && unknown.isDigestRight == nil && !unknown.holds)
    }
}
