import FirmwareImage
import Foundation
import Testing

/// The profiles that damage an image's body and seals, or put other content in its place.
@Suite struct BodyProfileTests {
    /// Of the demo image: where its checksum stands; the SHA-256 is behind it.
    private let checksum = 602_191
    private let count = 602_224

    /// What the profile makes of the image, what the journal calls it, and what esptool then finds.
    private func expect(
        _ profile: String, _ faults: Set<String>, changes: [Int]? = nil, checksum: Bool,
        digest: Bool, _ location: SourceLocation = #_sourceLocation
    ) throws -> FaultyImage {
        let faulty = try FaultyImage(profile, of: nil, location)
        #expect(Set(faulty.edits) == faults, sourceLocation: location)
        if let changes { #expect(faulty.changes == changes, sourceLocation: location) }
        try faulty.expectEsptool(checksum: checksum, digest: digest, chip: "esp32", location)
        return faulty
    }

    // MARK: Seals

    @Test func damageThatOnlyTheDigestCovers() throws {
        _ = try self.expect(
            "header-byte", ["corrupt-image"], changes: [20], checksum: true, digest: false)
        let padding = try self.expect(
            "padding-byte", ["corrupt-image"], checksum: true, digest: false)
        #expect(padding.changes.count == 1)
        #expect(padding.changes.allSatisfy { (602_188..<602_191).contains($0) })
        let flips = try self.expect(
            "cancelling-flips", ["cancelling-flips"], changes: [301_112, 301_128], checksum: true,
            digest: false)
        #expect(flips.bytes[301_112] == flips.honest[301_112] ^ 1)
        _ = try self.expect(
            "wrong-digest", ["wrong-digest"], changes: [602_223], checksum: true, digest: false)
    }

    /// esptool takes 0 and 1 only; a device takes any value but 0 for a digest that follows.
    @Test func aFlagOfTwoOverTheDigestOfAnother() throws {
        let faulty = try FaultyImage("hash-flag-two")
        #expect(faulty.changes == [23])
        #expect(faulty.bytes[23] == 2)
        #expect(faulty.bytes.count == self.count)
        let content = try Data(faulty.bytes[...self.checksum]).sha256()
        #expect(content != faulty.bytes[(self.checksum + 1)...].hex)
        let said = try faulty.esptool()
        #expect(said.status != 0)
        #expect(said.errors.contains("Invalid value for append_digest"), "\(said)")
    }

    @Test func aWrongChecksumUnderARightDigest() throws {
        let faulty = try self.expect(
            "wrong-checksum", ["wrong-checksum"], checksum: false, digest: true)
        #expect(faulty.changes.first == self.checksum)
        let content = try Data(faulty.bytes[...self.checksum]).sha256()
        #expect(content == faulty.bytes[(self.checksum + 1)...].hex)
    }

    @Test func aFlipThatIsSealedAgainIsFoundByNobody() throws {
        let faulty = try self.expect(
            "flipped-and-resealed", ["corrupt-image"], checksum: true, digest: true)
        let body = faulty.changes.filter { $0 < self.checksum }
        #expect(body.count == 1)
        #expect(faulty.changes.dropFirst().allSatisfy { $0 >= self.checksum })
        #expect(try faulty.inspection.firstFlaw == nil)
    }

    @Test func anImageWithoutADigest() throws {
        let faulty = try FaultyImage("hash-flag-cleared")
        #expect(faulty.edits.allSatisfy { $0 == "hash-appended" })
        #expect(faulty.bytes.count == self.count - 32)
        #expect(faulty.changes == [23])
        try Self.expectNoDigest(faulty)
    }

    @Test func flipsThatNothingIsLeftToFind() throws {
        let faulty = try FaultyImage("unnoticed-flips")
        #expect(Set(faulty.edits) == ["cancelling-flips", "hash-appended"])
        #expect(faulty.changes == [23, 301_112, 301_128])
        try Self.expectNoDigest(faulty)
    }

    /// esptool accepts the checksum and finds nothing to compare.
    private static func expectNoDigest(
        _ faulty: FaultyImage, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let said = try faulty.esptool()
        #expect(said.status == 0, "\(said)", sourceLocation: location)
        #expect(
            said.output.contains(#/Checksum: 0x[0-9a-f]+ \(valid\)/#), "\(said)",
            sourceLocation: location)
        #expect(!said.output.contains("Validation hash:"), "\(said)", sourceLocation: location)
    }

    // MARK: Sectors

    /// The middle of the demo image, in its last segment.
    private let sector = 299_008..<303_104
    private let next = 303_104..<307_200

    @Test func aBlankSector() throws {
        for (profile, byte) in [("sector-erased", UInt8(0xFF)), ("sector-zeroed", 0)] {
            let faulty = try self.expect(
                profile, ["damage-sector"], checksum: false, digest: false)
            #expect(faulty.bytes[self.sector].allSatisfy { $0 == byte })
            #expect(faulty.changes.allSatisfy { self.sector.contains($0) })
            #expect(faulty.changes.count > 4_000)
        }
    }

    @Test func sectorsThatAreNotWhereTheyBelong() throws {
        let swapped = try self.expect(
            "sectors-swapped", ["damage-sector"], checksum: true, digest: false)
        #expect(swapped.bytes[self.sector] == swapped.honest[self.next])
        #expect(swapped.bytes[self.next] == swapped.honest[self.sector])
        #expect(swapped.changes.allSatisfy { (299_008..<307_200).contains($0) })
        let doubled = try self.expect(
            "sector-doubled", ["damage-sector"], checksum: false, digest: false)
        #expect(doubled.bytes[self.next] == doubled.honest[self.sector])
        #expect(doubled.changes.allSatisfy { self.next.contains($0) })
    }

    @Test func aSectorThatIsMissing() throws {
        let faulty = try FaultyImage("sector-dropped")
        #expect(
            faulty.bytes == Array(faulty.honest[..<299_008]) + Array(faulty.honest[303_104...]))
        #expect(try faulty.esptool().status != 0)
        #expect(try faulty.inspection.firstFlaw != nil)
    }

    @Test func twoBuildsInOneImage() throws {
        let faulty = try self.expect(
            "mixed-builds", ["mix-builds"], checksum: false, digest: false)
        #expect(faulty.bytes.count == self.count)
        #expect(faulty.changes.first.map { $0 >= 301_112 } == true)
        #expect(faulty.changes.count > 295_000)
        #expect(try faulty.inspection.descriptor?.version == "2.0.0")
    }

    // MARK: Lengths

    @Test func filesAndImagesOfFourMebibytes() throws {
        let file = try FaultyImage("oversize-file")
        #expect(file.bytes.count == 4 << 20)
        #expect(file.changes.isEmpty)
        #expect(file.bytes[self.count...].allSatisfy { $0 == 0xFF })
        try file.expectEsptool(checksum: true, digest: true)
        let image = try FaultyImage("oversize-image")
        #expect(image.bytes.count == 4 << 20)
        #expect(try image.inspection.map?.end == 4 << 20)
        #expect(try image.inspection.firstFlaw == nil)
        try image.expectEsptool(checksum: true, digest: true)
    }

    /// With the 32 bytes that are missing, esptool finds a valid image.
    @Test func anImageThatIsLongerThanItsSlot() throws {
        let faulty = try FaultyImage("longer-than-slot")
        #expect(Set(faulty.edits) == ["oversize", "cut-image"])
        #expect(faulty.bytes.count == 1 << 20)
        let folder = try Folder()
        let digest = try Data(faulty.bytes).sha256()
        let rest = stride(from: 0, to: 64, by: 2).compactMap {
            UInt8(digest.dropFirst($0).prefix(2), radix: 16)
        }
        try folder.write(Data(faulty.bytes + rest), to: "whole.bin")
        let said = try run(
            checkout + "/.build-tools/esptool/bin/esptool.py",
            ["--chip", "esp32", "image_info", "--version", "2", folder.file("whole.bin")])
        #expect(said.output.contains(#/Checksum: 0x[0-9a-f]+ \(valid\)/#), "\(said)")
        #expect(said.output.contains(#/Validation hash: [0-9a-f]{64} \(valid\)/#), "\(said)")
    }

    @Test(arguments: [
        ("cut-180", 180), ("cut-600", 600), ("cut-half", 301_112), ("cut-at-sector", 299_008),
        ("cut-in-digest", 602_208), ("cut-before-checksum", 602_191), ("empty-file", 0),
    ])
    func aFileThatEndsEarly(_ profile: String, _ count: Int) throws {
        let faulty = try FaultyImage(profile)
        #expect(faulty.edits.allSatisfy { $0 == "cut-image" })
        #expect(faulty.bytes == Array(faulty.honest[..<count]))
        // Whatever it says, it must not call both seals valid.
        let said = try faulty.esptool()
        let hasDigest = said.output.contains(#/Validation hash: [0-9a-f]+ \(valid\)/#)
        #expect(!hasDigest, "\(said)")
    }

    // MARK: Other content

    @Test func noiseInPlaceOfTheImage() throws {
        let noise = try FaultyImage("random-bytes")
        #expect(noise.bytes.count == self.count)
        #expect(noise.bytes[0] != 0xE9)
        #expect(try noise.esptool().status != 0)
        let body = try FaultyImage("random-body")
        #expect(body.changes.first == 24)
        #expect(Array(body.bytes[32..<36]) != [0x32, 0x54, 0xCD, 0xAB])
        for faulty in [noise, body] {
            // Noise cannot be packed; an image that repeated itself could.
            let folder = try Folder()
            try folder.write(Data(faulty.bytes), to: "noise")
            try run("gzip", ["-9", folder.file("noise")])
            #expect(try folder.bytes("noise.gz").count > self.count)
        }
    }

    @Test func aWebPageInPlaceOfTheImage() throws {
        let faulty = try FaultyImage("web-page")
        #expect(faulty.edits.allSatisfy { $0 == "web-page" })
        #expect(faulty.bytes.count == 4_096)
        #expect(try faulty.esptool().status != 0)
        let folder = try Folder()
        try folder.write(Data(faulty.bytes), to: "page")
        let parser = """
            import html.parser, sys
            class Tags(html.parser.HTMLParser):
                def handle_starttag(self, tag, attributes): print(tag, end=' ')
            Tags().feed(open(sys.argv[1]).read())
            """
        let tags = try run("python3", ["-c", parser, folder.file("page")])
        #expect(tags.output == "html head meta title body h1 p form button ", "\(tags)")
    }

    @Test func aGzipFileThatGunzipUnpacksToTheImage() throws {
        let faulty = try FaultyImage("gzipped-image")
        #expect(Array(faulty.bytes[..<2]) == [0x1F, 0x8B])
        #expect(try faulty.esptool().status != 0)
        let folder = try Folder()
        try folder.write(Data(faulty.bytes), to: "image.gz")
        let test = try run("gzip", ["-t", folder.file("image.gz")])
        #expect(test.status == 0, "\(test.errors)")
        try run("gunzip", [folder.file("image.gz")])
        #expect(try folder.bytes("image") == Data(faulty.honest))
    }

    /// A stream as Python's zlib reads it, with its header and sum and without.
    @Test(arguments: [("zlib", "15"), ("deflate", "-15")])
    func aStreamThatZlibUnpacksToTheImage(format: String, window: String) throws {
        let faulty = try FaultyImage(
            "none", more: ["--fault", "compressed-image format=\(format)"])
        let folder = try Folder()
        try folder.write(Data(faulty.bytes), to: "packed")
        try folder.write(Data(faulty.honest), to: "honest")
        let script = """
            import sys, zlib
            packed, honest = (open(name, 'rb').read() for name in sys.argv[2:])
            unpacker = zlib.decompressobj(int(sys.argv[1]))
            print(unpacker.decompress(packed) + unpacker.flush() == honest, unpacker.eof, unpacker.unused_data)
            """
        let done = try run(
            "python3", ["-c", script, window, folder.file("packed"), folder.file("honest")])
        #expect(done.output == "True True b''\n", "\(done)")
    }

    /// The largest image that there is, in a server that was built to be slow.
    @Test func anImageOf16MebibytesIsServedAllTheSame() throws {
        let folder = try Folder()
        try run(binary, ["image", "make", "--size", "16MiB", "-o", folder.file("image.bin")])
        let image = [UInt8](try folder.bytes("image.bin"))
        let mixed = try FaultyImage("mixed-builds", of: image)
        #expect(mixed.bytes.count == 16 << 20)
        #expect(mixed.changes.first.map { $0 >= 8 << 20 } == true)
        let packed = try FaultyImage("gzipped-image", of: image)
        try folder.write(Data(packed.bytes), to: "packed.gz")
        let test = try run("gzip", ["-t", folder.file("packed.gz")])
        #expect(test.status == 0, "\(test.errors)")
    }
}

extension ArraySlice<UInt8> {
    fileprivate var hex: String {
        self.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
