import FirmwareImage
import Testing

struct ResealTests {
    /// The seals of a file, worked out in the plainest way.
    private static func seals(_ file: [UInt8]) -> (checksum: UInt8, digest: [UInt8]) {
        let data = file[32..<320] + file[328..<332]
        return (data.reduce(0xEF, ^), SHA256.digest(of: Array(file[..<336])))
    }

    @Test func leavesAnEditAloneIfToldTo() throws {
        var file = Small.file
        let map = try AppImageMap(of: file)
        file[100] ^= 1
        let edited = file
        try map.reseal(&file, .none)
        #expect(file == edited)
    }

    @Test func mendsTheChecksumAlone() throws {
        var file = Small.file
        let map = try AppImageMap(of: file)
        file[100] ^= 0x10
        try map.reseal(&file, .checksum)
        #expect(file[335] == Small.file[335] ^ 0x10)
        #expect(file[335] == Self.seals(file).checksum)
        #expect(file[336...] == Small.file[336...])
    }

    @Test func mendsAll() throws {
        var file = Small.file
        let map = try AppImageMap(of: file)
        for place in [3, 100, 333] { file[place] ^= 0x10 }
        try map.reseal(&file, .full)
        let seals = Self.seals(file)
        #expect(file[335] == seals.checksum)
        #expect(Array(file[336...]) == seals.digest)
        #expect(file.count == 368)
    }

    @Test func takesTheDigestOutAndPutsItBack() throws {
        var file = Small.file + [7, 7]
        let map = try AppImageMap(of: file)
        file[23] = 0
        try map.reseal(&file, .full)
        #expect(file.count == 338)
        #expect(Array(file[336...]) == [7, 7])
        let plain = try AppImageMap(of: file)
        #expect(plain.digest == nil)
        file[23] = 1
        try plain.reseal(&file, .full)
        #expect(file == Small.file + [7, 7])
    }

    @Test func keepsWhatComesBehind() throws {
        let signed = Small.file + Small.signature() + [7, 7]
        var file = signed
        let map = try AppImageMap(of: file)
        file[100] ^= 1
        try map.reseal(&file, .full)
        #expect(file[368...] == signed[368...])
        #expect(file[..<368] != signed[..<368])
    }
}

struct SignAgainTests {
    @Test func handsOnTheFirstBlockThatThereIs() throws {
        for slot in 0..<SignatureSector.slots {
            var file = Small.file + Small.signature(inSlot: slot)
            let block = try #require(SignatureSector(file[4096...])?[slot])
            let right = SHA256.digest(of: Array(file[..<4096]))
            let map = try AppImageMap(of: file)
            try map.signAgain(&file) { digest, old in
                #expect(old == block)
                #expect(digest == right)
                return block
            }
            let sector = try #require(SignatureSector(file[4096...]))
            #expect((0..<SignatureSector.slots).map { sector[$0] } == [block, nil, nil])
        }
    }
}

struct AppImagePartsTests {
    @Test func areWrittenBackAsTheyWereRead() throws {
        for chip in Chip.allCases {
            for size in AppImageRecipeTests.sizes where size < 200_000 {
                let file = try AppImageRecipeTests.recipe(chip, size: size).bytes()
                #expect(try AppImage(parsing: file).bytes == file)
            }
        }
    }

    @Test func areKeptWhereTheyAreWrong() throws {
        var dice = SplitMix64(seed: 3)
        for round in 0..<2_000 {
            var file = Small.file + (0..<round % 40).map { UInt8($0) }
            for _ in 0..<1 + round % 3 {
                file[Int(dice.next() % UInt64(file.count))] = UInt8(truncatingIfNeeded: dice.next())
            }
            guard let image = try? AppImage(parsing: file) else { continue }
            #expect(image.bytes == file)
            #expect(image.count == file.count)
        }
    }

    @Test func refuseWhatHasNoStructure() {
        #expect(throws: AppImageFlaw.self) { try AppImage(parsing: [0xE9]) }
        #expect(throws: AppImageFlaw.self) { try AppImage(parsing: []) }
    }
}
