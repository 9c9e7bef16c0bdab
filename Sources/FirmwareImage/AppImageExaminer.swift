/// Makes the checks of an ``AppImageInspection``, one after the other.
struct AppImageExaminer {
    typealias Check = AppImageInspection.Check

    let walk: AppImageWalk
    /// The file up to the end of the directive, as far as the first segment goes.
    let start: [UInt8]
    let descriptor: AppDescriptor?
    private(set) var checks: [Check] = []

    init(walk: AppImageWalk, start: [UInt8], descriptor: AppDescriptor?) {
        self.walk = walk
        self.start = start
        self.descriptor = descriptor
    }

    mutating func examine(_ bytes: some ImageBytes) throws {
        guard let header = self.walk.header else {
            return self.add("image header", self.walk.flaw, "")
        }
        self.add("image header", nil, "magic \(hexadecimal(ImageHeader.magic))")
        self.add("chip id", Self.chip(header), Chip.name(ofID: header.chipID) ?? "")
        self.add(
            "chip revision", Self.revisions(header, at: 15),
            Self.revisions(header.minChipRevision, header.maxChipRevision))
        self.examineStructure(header)
        self.examineSegments(header)
        self.examineDescriptor(header)
        if let map = self.walk.map {
            try self.examineSeals(map, bytes)
        } else {
            self.skip("checksum", "its place is not known")
            self.skip("SHA-256", "its place is not known")
        }
        // No device looks at it before it jumps there.
        self.examineEntry(header)
        try self.noteRest(bytes)
    }

    // MARK: Header

    private static func chip(_ header: ImageHeader) -> AppImageFlaw? {
        guard Chip.name(ofID: header.chipID) == nil else { return nil }
        return AppImageFlaw(
            at: 12, "the chip id", expected: "an id of ESP-IDF's, such as 0x0000 for esp32",
            found: hexadecimal(header.chipID, digits: 4))
    }

    private static func revisions(_ header: ImageHeader, at offset: Int) -> AppImageFlaw? {
        let (least, most) = (header.minChipRevision, header.maxChipRevision)
        guard !isAny(most), least > most else { return nil }
        return AppImageFlaw(
            at: offset + 2, "the highest chip revision",
            expected: "\(least) or more, as min_chip_rev_full is \(least)", found: "\(most)")
    }

    /// 0 and 65535 mean that a highest revision is not set.
    private static func isAny(_ revision: UInt16) -> Bool { revision == 0 || revision == 0xFFFF }

    private static func revisions(_ least: UInt16, _ most: UInt16) -> String {
        func version(_ revision: UInt16) -> String { "v\(revision / 100).\(revision % 100)" }
        return version(least) + (isAny(most) ? " or newer" : " to " + version(most))
    }

    // MARK: Segments

    private mutating func examineStructure(_ header: ImageHeader) {
        if header.segmentCount == 0 {
            let flaw = AppImageFlaw(at: 1, "the segment count", expected: "1 to 16", found: "0")
            return self.add("segments", flaw, "")
        }
        let last = self.walk.segments.last?.data.upperBound ?? ImageHeader.size
        self.add("segments", self.walk.flaw, "\(header.segmentCount), up to offset \(last)")
    }

    private mutating func examineSegments(_ header: ImageHeader) {
        guard let chip = header.chip else {
            return self.skip("load addresses", "the memory of this chip is not known")
        }
        let segments = self.walk.segments
        let page = self.descriptor?.page ?? Chip.page
        let flaws = segments.indices.lazy.compactMap { number in
            Self.placement(of: segments[number], number, chip, page)
        }
        let kinds = segments.map { chip.memory(at: $0.loadAddress)?.rawValue ?? "?" }
        self.add("load addresses", flaws.first, kinds.joined(separator: ", "))
    }

    private static func placement(
        of segment: AppImageMap.Segment, _ number: Int, _ chip: Chip, _ page: Int
    ) -> AppImageFlaw? {
        let address = segment.loadAddress
        let found = hexadecimal(address, digits: 8)
        guard let kind = chip.memory(at: address) else {
            return AppImageFlaw(
                at: segment.header, "the load address of segment \(number)",
                expected: "an address of \(chip.name)'s memory", found: found)
        }
        if kind.isMapped, (Int(address) - segment.data.lowerBound) % page != 0 {
            let place = segment.data.lowerBound % page
            return AppImageFlaw(
                at: segment.header, "the load address of segment \(number)",
                expected: "\(hexadecimal(place)) modulo \(page >> 10) KiB, as its data stands at "
                    + hexadecimal(segment.data.lowerBound), found: found)
        }
        guard kind != .padding, !segment.data.isEmpty else { return nil }
        let last = UInt64(address) + UInt64(segment.data.count) - 1
        guard let end = UInt32(exactly: last), chip.memory(at: end) == kind else {
            return AppImageFlaw(
                at: segment.header, "the end of segment \(number) in memory",
                expected: "an address in \(kind.rawValue), as its beginning",
                found: hexadecimal(last, digits: 8))
        }
        return nil
    }

    private mutating func examineEntry(_ header: ImageHeader) {
        guard let chip = header.chip else {
            return self.skip("entry address", "the memory of this chip is not known")
        }
        let flaw = self.entry(header, chip)
        guard flaw == nil || self.walk.flaw == nil else {
            return self.skip("entry address", "it is in none of the segments that were reached")
        }
        self.add("entry address", flaw, hexadecimal(header.entryAddress))
    }

    private func entry(_ header: ImageHeader, _ chip: Chip) -> AppImageFlaw? {
        let entry = header.entryAddress
        let holds = self.walk.segments.contains { segment in
            chip.memory(at: segment.loadAddress)?.isExecutable == true
                && entry >= segment.loadAddress
                && Int(entry) - Int(segment.loadAddress) < segment.data.count
        }
        guard !holds else { return nil }
        return AppImageFlaw(
            at: 4, "the entry address", expected: "an address in a segment of code",
            found: hexadecimal(entry, digits: 8))
    }

    // MARK: Descriptor

    private mutating func examineDescriptor(_ header: ImageHeader) {
        let room = AppDescriptor.offset + AppDescriptor.size
        guard self.start.count >= room else {
            let found = max(0, self.start.count - AppDescriptor.offset)
            guard !self.walk.segments.isEmpty else {
                return self.skip("app descriptor", "there is no first segment")
            }
            return self.add(
                "app descriptor",
                AppImageFlaw(
                    at: AppDescriptor.offset, "the first segment",
                    expected: "256 bytes or more, as the app descriptor begins it",
                    found: "\(found)"), "")
        }
        guard let descriptor = self.descriptor else {
            let found: UInt32 = self.start.integer(at: AppDescriptor.offset)
            return self.add(
                "app descriptor",
                AppImageFlaw(
                    at: AppDescriptor.offset, "the app descriptor's magic word",
                    expected: hexadecimal(AppDescriptor.magic), found: hexadecimal(found, digits: 8)
                ),
                "")
        }
        let name = "\(descriptor.project) \(descriptor.version)".printable
        self.add("app descriptor", Self.texts(descriptor) ?? Self.blocks(descriptor, header), name)
        self.examineDirective()
    }

    private static func texts(_ descriptor: AppDescriptor) -> AppImageFlaw? {
        for text in AppDescriptor.Text.allCases where !descriptor.bytes[text.range].contains(0) {
            return AppImageFlaw(
                at: AppDescriptor.offset + text.range.lowerBound, "the app's \(text.field)",
                expected: "a zero byte behind at most \(text.limit) bytes of text",
                found: "\(text.range.count) bytes without one")
        }
        return nil
    }

    private static func blocks(
        _ descriptor: AppDescriptor, _ header: ImageHeader
    ) -> AppImageFlaw? {
        let (least, most) = (descriptor.minEfuseBlockRevision, descriptor.maxEfuseBlockRevision)
        guard header.chip != .esp32, least != 0xFFFF, !isAny(most), least > most else { return nil }
        return AppImageFlaw(
            at: AppDescriptor.offset + 178, "the highest eFuse block revision",
            expected: "\(least) or more, as min_efuse_blk_rev_full is \(least)", found: "\(most)")
    }

    private mutating func examineDirective() {
        let bytes = Array(self.start.dropFirst(Directive.offset))
        guard Directive.isMarked(bytes) else { return self.skip("directive", "there is none") }
        guard let directive = Directive(bytes) else {
            return self.add(
                "directive",
                AppImageFlaw(
                    at: Directive.offset, "the directive",
                    expected: "version 1 with a known behaviour and phase",
                    found: "version \(bytes.integer(at: 4) as UInt16), behaviour \(bytes[8]), "
                        + "phase \(bytes[9])"), "")
        }
        self.add("directive", nil, directive.description)
    }

    // MARK: Seals

    private mutating func examineSeals(_ map: AppImageMap, _ bytes: some ImageBytes) throws {
        let expected = try map.checksum(of: bytes)
        let checksum = try bytes.bytes(in: map.checksum..<map.checksum + 1)[0]
        self.add(
            "checksum",
            checksum == expected
                ? nil
                : AppImageFlaw(
                    at: map.checksum, "the checksum",
                    expected: hexadecimal(expected, digits: 2),
                    found: hexadecimal(checksum, digits: 2)),
            "\(hexadecimal(checksum, digits: 2)) at offset \(map.checksum)")
        guard let place = map.digest else {
            self.skip("SHA-256", "hash_appended is 0: nothing but the checksum guards the image")
            return try self.examineSignature(map, bytes)
        }
        let (digest, right) = (try bytes.bytes(in: place), try map.digest(of: bytes))
        self.add(
            "SHA-256",
            digest == right
                ? nil
                : AppImageFlaw(
                    at: place.lowerBound, "the SHA-256", expected: right.hexadecimalDigits,
                    found: digest.hexadecimalDigits),
            digest.hexadecimalDigits)
        try self.examineSignature(map, bytes)
    }

    private mutating func examineSignature(_ map: AppImageMap, _ bytes: some ImageBytes) throws {
        if let place = map.signature {
            let flaw = try Self.signature(at: place, map, bytes)
            self.add("signature", flaw, "at offset \(place.lowerBound), not verified here")
        } else {
            self.skip("signature", "there is none")
        }
    }

    private mutating func noteRest(_ bytes: some ImageBytes) throws {
        guard let rest = self.walk.map?.trailing, !rest.isEmpty else { return }
        // espsecure's signature for Secure Boot v1: a version of 0 and 64 bytes, with nothing between.
        let isV1 = try rest.count == 68 && bytes.bytes(in: rest).prefix(4).allSatisfy { $0 == 0 }
        self.skip(
            "behind the image",
            "\(rest.count) bytes from offset \(rest.lowerBound), "
                + (isV1
                    ? "as long as a Secure Boot v1 signature, which is not looked at here"
                    : "at which no device looks"))
    }

    /// What is wrong with the signature blocks, keys and signatures apart.
    private static func signature(
        at place: Range<Int>, _ map: AppImageMap, _ bytes: some ImageBytes
    ) throws -> AppImageFlaw? {
        guard let sector = SignatureSector(try bytes.bytes(in: place)),
            let digest = try map.signedDigest(of: bytes)
        else {
            return AppImageFlaw(
                at: place.lowerBound, "the signature sector", expected: "a signature block",
                found: "none that can be read")
        }
        for slot in 0..<SignatureSector.slots {
            guard let block = sector[slot] else { continue }
            let start = place.lowerBound + SignatureSector.range(slot).lowerBound
            guard block.isCRCValid else {
                return AppImageFlaw(
                    at: start + 1196, "the CRC of signature block \(slot)",
                    expected: hexadecimal(CRC32.of(block.bytes.prefix(1196)), digits: 8),
                    found: hexadecimal(block.crc, digits: 8))
            }
            guard block.imageDigest == digest else {
                return AppImageFlaw(
                    at: start + 4, "the image's SHA-256 in signature block \(slot)",
                    expected: digest.hexadecimalDigits, found: block.imageDigest.hexadecimalDigits)
            }
        }
        return nil
    }

    // MARK: Results

    private mutating func add(_ name: String, _ flaw: AppImageFlaw?, _ found: String) {
        let outcome = flaw.map(Check.Outcome.failed) ?? .passed(found)
        self.checks.append(Check(name: name, outcome: outcome))
    }

    private mutating func skip(_ name: String, _ reason: String) {
        self.checks.append(Check(name: name, outcome: .skipped(reason)))
    }
}

extension Directive: CustomStringConvertible {
    /// In words: `crash in the self-test after 5000 ms`.
    public var description: String {
        let phase = self.phase == .selfTest ? "in the self-test" : "before app_main"
        return "\(self.behaviour.name) \(phase)"
            + (self.delay == 0 ? "" : " after \(self.delay) ms")
    }
}
