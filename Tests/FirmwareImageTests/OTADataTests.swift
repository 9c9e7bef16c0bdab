import FirmwareImage
import Testing

struct OTASelectEntryTests {
    /// What ESP-IDF's ROM computes.
    @Test(
        arguments: [
            (0, 0xFFFF_FFFF), (1, 0x4743_989A), (2, 0x55F6_3774), (3, 0xED4A_5011),
            (4, 0x709D_68A8),
            (5, 0xC821_0FCD), (0xFFFF_FFFE, 0x99F8_B879),
        ] as [(UInt32, UInt32)])
    func isSealedAsESPIDFSealsIt(sequence: UInt32, crc: UInt32) {
        let entry = OTASelectEntry(sequence: sequence, state: .new)
        #expect(entry.crc == crc)
        #expect(entry.isCRCValid)
        #expect(entry.isUsable)
    }

    @Test func isWrittenAsTheFormatSays() {
        #expect(
            OTASelectEntry(sequence: 2, state: .pendingVerify).bytes.hex
                == "02000000" + String(repeating: "ff", count: 20) + "01000000" + "7437f655")
        #expect(OTASelectEntry.blank.bytes == [UInt8](repeating: 0xFF, count: 32))
    }

    @Test func keepsWhatItHasNoNameFor() throws {
        let bytes = (0..<32).map { UInt8($0) &* 7 }
        var entry = try #require(OTASelectEntry(bytes + [1]))
        #expect(entry.bytes == bytes)
        #expect(entry.label == Array(bytes[4..<24]))
        #expect(entry.state == nil)
        #expect(entry.rawState == 0xBDB6_AFA8)
        entry.sequence = 9
        #expect(entry.label == Array(bytes[4..<24]))
        #expect(OTASelectEntry(bytes.dropLast()) == nil)
    }

    @Test func isSealedOnlyWhenAsked() {
        var entry = OTASelectEntry(sequence: 1, state: .valid)
        entry.sequence = 2
        #expect(!entry.isCRCValid)
        #expect(!entry.isUsable)
        entry.reseal()
        #expect(entry == OTASelectEntry(sequence: 2, state: .valid))
    }

    @Test func isUnusableOnceGivenUp() {
        for state in OTASelectEntry.State.allCases {
            let entry = OTASelectEntry(sequence: 1, state: state)
            #expect(entry.isUsable == (state != .invalid && state != .aborted))
        }
        var garbage = OTASelectEntry(sequence: 1, state: .valid)
        garbage.rawState = 0x1234
        #expect(garbage.isUsable)
        #expect(garbage.state == nil)
    }

    @Test func isBlankByItsSequenceAlone() {
        var entry = OTASelectEntry(sequence: 0xFFFF_FFFF, state: .valid)
        #expect(entry.isCRCValid)
        #expect(entry.isBlank && !entry.isUsable)
        entry.sequence = 7
        #expect(!entry.isBlank)
    }

    @Test(
        arguments: [
            (1, 2, 0), (2, 2, 1), (3, 2, 0), (1, 1, 0), (9, 1, 0), (16, 16, 15), (17, 16, 0),
            // In 32 bits, nothing less one is the largest number.
            (0, 2, 1), (0, 3, 0),
        ] as [(UInt32, Int, Int)])
    func choosesASlotByTheRemainder(sequence: UInt32, count: Int, slot: Int) {
        #expect(OTASelectEntry(sequence: sequence, state: .new).slot(of: count) == slot)
    }

    @Test func choosesNoSlotWhereThereIsNone() {
        let entry = OTASelectEntry(sequence: 1, state: .new)
        #expect(entry.slot(of: 0) == nil)
        #expect(entry.slot(of: -1) == nil)
    }

    @Test(.needs("python3"), .timeLimit(.minutes(5)))
    func isWhatStructAndZlibMake() throws {
        let sequences: [UInt32] = [0, 1, 2, 3, 255, 256, 65_537, 0xFFFF_FFFE]
        let output = try Outside.python(
            """
            import struct, zlib
            for seq in \(sequences):
                for state in [0, 1, 2, 3, 4, 0xFFFFFFFF]:
                    crc = zlib.crc32(struct.pack('<I', seq), 0xFFFFFFFF)
                    print(struct.pack('<I20sII', seq, b'\\xff' * 20, state, crc).hex())
            """)
        let ours = sequences.flatMap { sequence in
            OTASelectEntry.State.allCases.map {
                OTASelectEntry(sequence: sequence, state: $0).bytes.hex
            }
        }
        #expect(output == ours)
    }
}

struct OTADataTests {
    private static func data(_ first: OTASelectEntry, _ second: OTASelectEntry) -> OTAData {
        var data = OTAData()
        data[0] = first
        data[1] = second
        return data
    }

    private static func broken(_ sequence: UInt32, _ state: OTASelectEntry.State) -> OTASelectEntry
    {
        var entry = OTASelectEntry(sequence: sequence, state: state)
        entry.crc ^= 1
        return entry
    }

    @Test func hasItsEntriesAtTheBeginningsOfTwoSectors() {
        let data = Self.data(
            OTASelectEntry(sequence: 1, state: .valid), OTASelectEntry(sequence: 2, state: .new))
        var bytes = [UInt8](repeating: 0xFF, count: 0x2000)
        bytes.replaceSubrange(0..<32, with: OTASelectEntry(sequence: 1, state: .valid).bytes)
        bytes.replaceSubrange(
            0x1000..<0x1020, with: OTASelectEntry(sequence: 2, state: .new).bytes)
        #expect(data.bytes == bytes)
    }

    @Test func comesBackByteForByte() throws {
        var numbers = Numbers(seed: 21)
        let bytes = numbers.bytes(0x2000)
        var data = try OTAData(bytes)
        #expect(data.bytes == bytes)
        let entry = data[1]
        data[1] = .blank
        data[1] = entry
        #expect(data.bytes == bytes)
    }

    @Test(arguments: [0, 32, 0x1FFF, 0x2001])
    func isNotReadFromAnotherSize(count: Int) {
        #expect(throws: OTADataError.wrongSize(count)) {
            try OTAData([UInt8](repeating: 0xFF, count: count))
        }
    }

    @Test func theLargerSequenceIsActive() {
        let one = OTASelectEntry(sequence: 1, state: .valid)
        let two = OTASelectEntry(sequence: 2, state: .new)
        #expect(Self.data(one, two).active == 1)
        #expect(Self.data(two, one).active == 0)
        #expect(Self.data(two, two).active == 0)
        #expect(Self.data(.blank, one).active == 1)
        #expect(Self.data(one, Self.broken(2, .new)).active == 0)
        #expect(Self.data(one, OTASelectEntry(sequence: 2, state: .aborted)).active == 0)
        #expect(OTAData().active == nil)
    }

    @Test func theSmallerSequenceWasGivenUpLast() {
        let one = OTASelectEntry(sequence: 1, state: .invalid)
        let two = OTASelectEntry(sequence: 2, state: .aborted)
        #expect(Self.data(one, two).lastInvalid == 0)
        #expect(Self.data(two, one).lastInvalid == 1)
        #expect(Self.data(one, one).lastInvalid == 0)
        #expect(Self.data(OTASelectEntry(sequence: 3, state: .valid), two).lastInvalid == 1)
        #expect(Self.data(Self.broken(1, .invalid), two).lastInvalid == 1)
        #expect(OTAData().lastInvalid == nil)
    }

    @Test func entryZeroHidesEntryOne() {
        let one = OTASelectEntry(sequence: 1, state: .aborted)
        let three = OTASelectEntry(sequence: 3, state: .valid)
        #expect(Self.data(one, three).entry(ofSlot: 0, of: 2) == 0)
        #expect(Self.data(Self.broken(1, .aborted), three).entry(ofSlot: 0, of: 2) == 1)
        #expect(Self.data(one, three).entry(ofSlot: 1, of: 2) == nil)
        #expect(Self.data(one, three).entry(ofSlot: 0, of: 0) == nil)
    }

    @Test func selectsAsTheBootloaderDoes() {
        let two = OTASelectEntry(sequence: 2, state: .undefined)
        let aborted = OTASelectEntry(sequence: 1, state: .aborted)
        func expect(
            _ data: OTAData, _ withFactory: OTAData.Selection, _ without: OTAData.Selection,
            count: Int = 2, _ location: SourceLocation = #_sourceLocation
        ) {
            #expect(
                data.selection(of: count, hasFactory: true) == withFactory,
                sourceLocation: location)
            #expect(
                data.selection(of: count, hasFactory: false) == without, sourceLocation: location)
        }
        expect(OTAData(), .factory, .slot(0))
        expect(Self.data(aborted, aborted), .factory, .slot(0))
        expect(Self.data(aborted, .blank), .factory, .slot(0))
        expect(Self.data(Self.broken(1, .valid), .blank), .factory, .everySlot)
        expect(Self.data(Self.broken(1, .valid), aborted), .factory, .everySlot)
        expect(Self.data(aborted, two), .slot(1), .slot(1))
        expect(Self.data(aborted, two), .factory, .slot(0), count: 0)
    }

    @Test func selectsASlotInTheOtherSector() {
        var data = OTAData()
        let target = data.select(slot: 1, of: 2, state: .new)
        #expect(target?.index == 0)
        #expect(target?.sequence == 2)
        #expect(data == Self.data(OTASelectEntry(sequence: 2, state: .new), .blank))
        data.select(slot: 0, of: 2, state: .undefined)
        #expect(data[1] == OTASelectEntry(sequence: 3, state: .undefined))
        data.select(slot: 1, of: 2, state: .new)
        #expect(data[0].sequence == 4)
        // The slot that is active already: the same sequence again, so that entry 0 stays in force.
        data.select(slot: 1, of: 2, state: .new)
        #expect((data[0].sequence, data[1].sequence, data.active) == (4, 4, 0))
    }

    @Test func erasesTheSectorThatItWrites() throws {
        var numbers = Numbers(seed: 22)
        let before = numbers.bytes(0x2000)
        var data = try OTAData(before)
        data[0] = OTASelectEntry(sequence: 5, state: .valid)
        data.select(slot: 1, of: 3, state: .new)
        #expect(data[1].sequence == 5)
        #expect(data[1].label == Array(before[0x1004..<0x1018]))
        #expect(data.bytes[0x1020...].allSatisfy { $0 == 0xFF })
        #expect(data.bytes[0x20..<0x1000] == before[0x20..<0x1000])
    }

    @Test func selectsByTheLeastSequenceThatSuffices() {
        var numbers = Numbers(seed: 23)
        for _ in 0..<2000 {
            let count = Int.random(in: 1...16, using: &numbers)
            let slot = Int.random(in: 0..<count, using: &numbers)
            let active = UInt32.random(in: 0...300, using: &numbers)
            var data = Self.data(.blank, OTASelectEntry(sequence: active, state: .valid))
            let target = data.select(slot: slot, of: count, state: .new)
            var least = UInt32((slot + 1) % count)
            while least < active { least += UInt32(count) }
            #expect(target?.index == 0)
            #expect(target?.sequence == least)
            #expect(data.active == 0)
            #expect(data[0].slot(of: count) == slot || least == 0)
        }
    }

    @Test func selectsNothingWhereNoSequenceIsLeft() {
        var data = Self.data(OTASelectEntry(sequence: 0xFFFF_FFFE, state: .valid), .blank)
        let before = data
        #expect(data.target(forSlot: 0, of: 2)?.sequence == 0xFFFF_FFFF)
        #expect(data.target(forSlot: 1, of: 4)?.sequence == 0xFFFF_FFFE)
        for (slot, count) in [(3, 16), (2, 2), (-1, 2), (0, 0)] {
            let target = data.select(slot: slot, of: count, state: .new)
            #expect(target == nil)
        }
        #expect(data == before)
    }

    @Test func takesWhateverBytesAndNumbersThereAre() throws {
        var numbers = Numbers(seed: 24)
        let extremes = [Int.min, -1, 0, 1, 2, 3, 16, Int(UInt32.max), 1 << 32, Int.max - 1, .max]
        for round in 0..<5000 {
            var data = OTAData()
            for index in 0...1 {
                let bytes = numbers.bytes(32)
                data[index] = try #require(OTASelectEntry(bytes))
            }
            for index in 0...1 where round % 4 > 0 {
                var entry = data[index]
                if Bool.random(using: &numbers) { entry.sequence |= 0xFFFF_FFF0 }
                if Bool.random(using: &numbers) { entry.rawState &= 7 }
                entry.reseal()
                data[index] = entry
            }
            let count = extremes[Int.random(in: extremes.indices, using: &numbers)]
            let slot = extremes[Int.random(in: extremes.indices, using: &numbers)]
            let selection = data.selection(of: count, hasFactory: round % 2 == 0)
            if case .slot(let slot) = selection, count > 0 { #expect((0..<count).contains(slot)) }
            if let active = data.active { #expect(data[active].isUsable) }
            if let invalid = data.lastInvalid { #expect(data[invalid].isGivenUp) }
            if let entry = data.entry(ofSlot: slot, of: count) { #expect(data[entry].isCRCValid) }
            let before = data
            let target = data.select(slot: slot, of: count, state: .new)
            #expect(target == before.target(forSlot: slot, of: count))
            if let target {
                #expect(data[target.index].isCRCValid)
            } else {
                #expect(data == before)
            }
        }
    }
}
