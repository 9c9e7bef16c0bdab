import FirmwareImage
import Testing

struct AppImageRecipeTests {
    /// Where the layout changes its shape, and the bounds.
    static let sizes = [
        416, 432, 1024, 4096, 65_536, 69_680, 69_696, 69_712, 131_072, 165_616, 200_000, 602_224,
        1 << 20, 3_500_000, 16 << 20,
    ]

    static func recipe(_ chip: Chip = .esp32, size: Int = 4096) -> AppImageRecipe {
        AppImageRecipe(chip: chip, project: "lamp", version: "1.2.3", size: size)
    }

    @Test(arguments: Chip.allCases)
    func givesImagesThatEspIdfAccepts(chip: Chip) throws {
        // The layout of the largest does not depend on the chip.
        for size in Self.sizes where size < 1 << 20 || chip == .esp32c2 {
            let file = try Self.recipe(chip, size: size).bytes()
            #expect(file.count == size)
            let walk = try #require(Walk(file), "\(size) bytes")
            #expect(walk.chip == chip.rawValue)
            #expect(walk.checksumIsRight && walk.digestIsRight, "\(size) bytes")
            #expect(walk.segments.count == (size < 69_712 ? 3 : 5))
            for segment in walk.segments {
                #expect(segment.count % 4 == 0 && segment.count < 16 << 20)
                if [chip.memory.drom, chip.memory.irom].contains(segment.address) {
                    #expect((segment.place - Int(segment.address)) % (64 << 10) == 0)
                }
            }
            #expect(
                walk.segments.contains { $0.holds(walk.entry) && $0.address == chip.memory.iram })
            #expect(walk.segments.filter { $0.address == 0 }.count == walk.segments.count / 5)
            #expect(!walk.overlaps, "\(size) bytes")
        }
    }

    @Test(arguments: Chip.allCases)
    func staysWithinTheChipsMemory(chip: Chip) throws {
        let segments = try Self.recipe(chip, size: 16 << 20).image().segments
        let room = [
            chip.memory.drom: 1 << 20, chip.memory.irom: 2 << 20 - 32, chip.memory.dram: 32 << 10,
            chip.memory.iram: 32 << 10, 0: 16 << 20 - 4,
        ]
        for segment in segments {
            #expect(try segment.data.count <= #require(room[segment.loadAddress]))
        }
        if chip != .esp32, chip != .esp32s2 {
            // One MMU table serves both caches: a page of the window can be code or constants only.
            let window: UInt32 = (4 << 20) - 1
            #expect(chip.memory.drom & window == chip.memory.irom & window + 2 << 20)
        }
    }

    @Test func fitsEverySizeThatItAllows() throws {
        for size in stride(from: 416, through: 300_000, by: 16) {
            let image = try Self.recipe(size: size).image()
            #expect(image.segments.allSatisfy { $0.data.count > 0 && $0.data.count % 4 == 0 })
            let end = image.segments.reduce(24) { $0 + 8 + $1.data.count }
            #expect(Checksum.place(behind: end) + 33 == size)
        }
    }

    @Test func saysThatItsFirstBootPasses() throws {
        for size in [416, 602_224] {
            #expect(try Self.recipe(size: size).image().directive == Directive(.pass))
        }
    }

    @Test func hasAsManySegmentsAsAreAskedFor() throws {
        for (size, usual) in [(4096, 3), (602_224, 5)] {
            for count in usual...16 {
                var recipe = Self.recipe(size: size)
                recipe.segments = count
                let file = try recipe.bytes()
                #expect(file.count == size)
                let walk = try #require(Walk(file))
                #expect(walk.segments.count == count)
                #expect(walk.checksumIsRight && walk.digestIsRight && !walk.overlaps)
            }
            for count in [Int.min, 0, usual - 1, 17, Int.max] {
                var recipe = Self.recipe(size: size)
                recipe.segments = count
                #expect(
                    throws: AppImageError.impossibleSegments(count, possible: usual...16)
                ) { try recipe.bytes() }
            }
        }
        var small = Self.recipe(size: 416)
        small.segments = 16
        #expect(throws: AppImageError.self) { try small.bytes() }
    }

    @Test func takesAllThatItsHeaderCanSay() throws {
        var recipe = Self.recipe()
        recipe.flash = FlashSettings(mode: 0, speed: 15, size: 4)
        recipe.chipRevisions = (3, 199)
        recipe.elfDigest = (0..<32).map { $0 }
        recipe.directive = Directive(.crash, phase: .startup, delay: 1500)
        let image = try recipe.image()
        #expect(image.header.flash == FlashSettings(mode: 0, speed: 15, size: 4))
        #expect((image.header.minChipRevision, image.header.maxChipRevision) == (3, 199))
        #expect(image.descriptor?.elfDigest == (0..<32).map { $0 })
        #expect(image.directive == Directive(.crash, phase: .startup, delay: 1500))
        recipe.elfDigest = [1]
        #expect(throws: AppImageError.wrongDigestSize(1)) { try recipe.bytes() }
    }

    @Test func beginsWithALoopThatHarmsNothing() throws {
        func code(_ chip: Chip) throws -> [UInt8] {
            let image = try Self.recipe(chip).image()
            let segment = try #require(
                image.segments.first { $0.loadAddress == image.header.entryAddress })
            return Array(segment.data.prefix(4))
        }
        // `j .` as the assemblers of the two families write it.
        for chip in Chip.allCases {
            let isXtensa = [.esp32, .esp32s2, .esp32s3].contains(chip)
            #expect(try code(chip) == (isXtensa ? [0x06, 0xFF, 0xFF, 0] : [0x6F, 0, 0, 0]))
        }
    }

    @Test func hasNoTwoBlocksAlike() throws {
        let file = try Self.recipe(size: 602_224).bytes()
        let blocks = stride(from: 320, to: file.count - 1024, by: 16).map {
            file[$0..<$0 + 16]
        }
        #expect(Set(blocks).count == blocks.count)
    }

    @Test func isAnotherImageIfAnythingInTheRecipeIsOther() throws {
        let recipe = Self.recipe()
        let changes: [(inout AppImageRecipe) -> Void] = [
            { _ in }, { $0.chip = .esp32s3 }, { $0.project = "lamp2" }, { $0.version = "1.2.4" },
            { $0.secureVersion = 1 }, { $0.idfVersion = "v5.4" }, { $0.time = "12:00:01" },
            { $0.date = "Jan  2 2025" }, { $0.size += 16 }, { $0.seed = 2 },
        ]
        let files = try changes.map { change in
            var other = recipe
            change(&other)
            return try other.bytes()
        }
        #expect(try files[0] == recipe.bytes())
        // A sector in the middle, far from the texts.
        #expect(Set(files.map { Array($0[1024..<2048]) }).count == changes.count)
        #expect(Set(files.map { Array($0[176..<208]) }).count == changes.count)
    }

    @Test(arguments: [
        (417, [416, 432]), (602_225, [602_224, 602_240]), (0, [416]), (-1, [416]), (Int.min, [416]),
        (415, [416]), ((16 << 20) - 1, [(16 << 20) - 16, 16 << 20]), ((16 << 20) + 1, [16 << 20]),
        (Int.max, [16 << 20]),
    ])
    func refusesASizeThatNoImageHas(size: Int, nearest: [Int]) throws {
        #expect(throws: AppImageError.impossibleSize(size, nearest: nearest)) {
            try Self.recipe(size: size).bytes()
        }
    }

    @Test func refusesTextsThatDoNotFit() throws {
        var recipe = Self.recipe()
        recipe.version = String(repeating: "1", count: 32)
        #expect(throws: AppImageError.textTooLong(.version, count: 32)) { try recipe.bytes() }
        recipe.version = String(repeating: "1", count: 31)
        recipe.project = String(repeating: "é", count: 16)
        #expect(throws: AppImageError.textTooLong(.project, count: 32)) { try recipe.bytes() }
    }

    @Test func saysWhatIsWrongAndWhatToDo() {
        #expect(
            "\(AppImageError.impossibleSize(602_225, nearest: [602_224, 602_240]))"
                == "An app image cannot have 602225 bytes: its size is a multiple of 16 from "
                + "416 to 16777216. Take 602224 or 602240.")
        #expect(
            "\(AppImageError.textTooLong(.idfVersion, count: 40))"
                == "The ESP-IDF version of an app has at most 31 bytes, and this one has "
                + "40; shorten it.")
        #expect(
            "\(AppImageError.textHoldsZero(.project))"
                == "The project of an app cannot hold a zero byte; leave it out.")
    }

    @Test func keepsTheDemoAsItIs() throws {
        let file = AppImage.demo().bytes
        #expect(file.count == 602_224)
        #expect(file.count <= 1 << 20)
        // A cut at 40 % must not fall on a boundary that a client's buffers would hide.
        #expect(file.count * 2 / 5 % 1024 != 0 && (file.count * 2 + 4) / 5 % 1024 != 0)
        #expect(
            SHA256.digest(of: file).hex
                == "602f5fb69ec911aa3f2966c3c02a2a0ff6015d005a756b0e04746506022bf919")
    }
}

/// An image read byte by byte as the format says, by none of the code that made it.
private struct Walk {
    struct Segment {
        let address: UInt32
        let place: Int
        let count: Int

        func holds(_ address: UInt32) -> Bool {
            address >= self.address && Int(address - self.address) < self.count
        }
    }

    let chip: UInt16
    let entry: UInt32
    var segments: [Segment] = []
    let checksumIsRight: Bool
    let digestIsRight: Bool

    init?(_ file: [UInt8]) {
        func word(_ place: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(file[place + $1]) << UInt32($1 * 8) }
        }
        guard file.count >= 64, file[0] == 0xE9, file[23] == 1 else { return nil }
        self.chip = UInt16(file[12]) | UInt16(file[13]) << 8
        self.entry = word(4)
        var place = 24
        var checksum: UInt8 = 0xEF
        for _ in 0..<file[1] {
            guard place + 8 <= file.count else { return nil }
            let count = Int(word(place + 4))
            guard place + 8 + count <= file.count - 33 else { return nil }
            self.segments.append(Segment(address: word(place), place: place + 8, count: count))
            place += 8
            for byte in place..<place + count { checksum ^= file[byte] }
            place += count
        }
        let total = (place + 1 + 15) / 16 * 16
        guard total + 32 == file.count else { return nil }
        self.checksumIsRight = file[total - 1] == checksum
        self.digestIsRight = Array(file[total...]) == SHA256.digest(of: Array(file[..<total]))
    }

    /// Whether two segments that are loaded want the same addresses.
    var overlaps: Bool {
        let loaded = self.segments.filter { $0.address != 0 }
        return loaded.indices.contains { index in
            loaded[..<index].contains {
                $0.holds(loaded[index].address) || loaded[index].holds($0.address)
            }
        }
    }
}
