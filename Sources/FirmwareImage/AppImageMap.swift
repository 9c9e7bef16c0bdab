/// Where the parts of an app image stand in its file.
///
/// In the file's order: the header, the segments, padding, the checksum byte, the SHA-256 if the header
/// says that there is one, and what may follow: 0xFF up to a multiple of 4096 and a signature sector, or
/// anything, which no verifier looks at (ESP-IDF, "App Image Format" and "Secure Boot v2").
public struct AppImageMap: Sendable, Hashable {
    /// Where a segment stands.
    public struct Segment: Sendable, Hashable {
        /// Of the eight bytes before the data: the load address, then the length.
        public let header: Int
        /// Where the data is copied or mapped to.
        public let loadAddress: UInt32
        /// Of the data.
        public let data: Range<Int>

        /// Where the load address stands.
        public var loadAddressRange: Range<Int> { self.header..<self.header + 4 }
        /// Where the length stands.
        public var lengthRange: Range<Int> { self.header + 4..<self.header + 8 }
    }

    /// As it stands in the file.
    public let header: ImageHeader
    /// As many as the header says: none to 16.
    public let segments: [Segment]
    /// Between the last segment and the checksum: 0 to 15 bytes, which the digest covers.
    public let padding: Range<Int>
    /// Where the checksum byte stands.
    public let checksum: Int
    /// Where the SHA-256 stands, if the header says that there is one.
    public let digest: Range<Int>?
    /// Where the signature sector stands, if there is one: 4096 bytes.
    public let signature: Range<Int>?
    /// Of the file, in bytes.
    public let count: Int

    /// Behind the checksum, or the digest if there is one.
    public var end: Int { self.digest?.upperBound ?? self.checksum + 1 }

    /// What comes behind the image and is not its signature sector.
    public var trailing: Range<Int> { (self.signature?.upperBound ?? self.end)..<self.count }

    /// Where the app descriptor stands; nil if the first segment has no room for it.
    public var descriptor: Range<Int>? {
        guard let first = self.segments.first, first.data.count >= AppDescriptor.size else {
            return nil
        }
        return first.data.lowerBound..<first.data.lowerBound + AppDescriptor.size
    }

    /// Where the custom app descriptor begins, and to where it may go; nil if the first segment has no
    /// room for any (ESP-IDF, section `.rodata_custom_desc`).
    public var customDescriptor: Range<Int>? {
        guard let first = self.segments.first, let descriptor = self.descriptor,
            descriptor.upperBound < first.data.upperBound
        else { return nil }
        return descriptor.upperBound..<first.data.upperBound
    }

    /// Follows the structure of a file.
    ///
    /// Nothing is read but the headers and what may be a signature sector. Checksum and digest may be
    /// wrong, and so may all that does not decide where the parts stand: ``AppImageInspection`` looks
    /// at that.
    /// - Throws: ``AppImageFlaw`` if the structure cannot be followed to its end, or what the bytes throw
    ///   when they cannot be read.
    public init(of bytes: some ImageBytes) throws {
        let walk = try AppImageWalk(bytes)
        if let flaw = walk.flaw { throw flaw }
        guard let map = walk.map else { preconditionFailure("a walk ends in a map or a flaw") }
        self = map
    }

    init(
        header: ImageHeader, segments: [Segment], checksum: Int, digest: Range<Int>?,
        signature: Range<Int>?, count: Int
    ) {
        self.header = header
        self.segments = segments
        self.padding = (segments.last?.data.upperBound ?? ImageHeader.size)..<checksum
        self.checksum = checksum
        self.digest = digest
        self.signature = signature
        self.count = count
    }
}

/// What is found when a file is read as an image from its first byte on.
struct AppImageWalk {
    private(set) var header: ImageHeader?
    private(set) var segments: [AppImageMap.Segment] = []
    /// Nil if there is a flaw.
    private(set) var map: AppImageMap?
    /// What ends the walk before the image's end.
    private(set) var flaw: AppImageFlaw?

    /// - Throws: what the bytes throw.
    init(_ bytes: some ImageBytes) throws {
        do {
            try self.follow(bytes)
        } catch let flaw as AppImageFlaw {
            self.flaw = flaw
        }
    }

    private mutating func follow(_ bytes: some ImageBytes) throws {
        let header = try Self.header(of: bytes)
        self.header = header
        guard (0...ImageHeader.mostSegments).contains(Int(header.segmentCount)) else {
            throw AppImageFlaw(
                at: 1, "the segment count", expected: "1 to 16", found: "\(header.segmentCount)")
        }
        var place = ImageHeader.size
        for number in 0..<Int(header.segmentCount) {
            let segment = try Self.segment(number, at: place, of: bytes)
            self.segments.append(segment)
            place = segment.data.upperBound
        }
        let checksum = Checksum.place(behind: place)
        guard checksum < bytes.count else {
            throw AppImageFlaw(
                at: bytes.count, "the file's end", expected: "the checksum byte at \(checksum)",
                found: "the end of the file")
        }
        let digest =
            header.digestFlag == 0 ? nil : checksum + 1..<checksum + 1 + SHA256.digestSize
        if let digest, digest.upperBound > bytes.count {
            throw AppImageFlaw(
                at: bytes.count, "the file's end",
                expected: "32 bytes of SHA-256 at \(digest.lowerBound), as hash_appended is "
                    + "\(header.digestFlag)",
                found: "\(max(0, bytes.count - digest.lowerBound)) of them")
        }
        self.map = AppImageMap(
            header: header, segments: self.segments, checksum: checksum, digest: digest,
            signature: try Self.signature(behind: digest?.upperBound ?? checksum + 1, of: bytes),
            count: bytes.count)
    }

    /// What a build folder, or a server, has in place of an app.
    private static let beginnings: [UInt8: String] = [
        0x1F: "a gzip file", 0x3C: "a web page", 0x50: "a ZIP file", 0x7F: "an ELF file",
        0xAA: "a partition table", 0xFF: "blank flash",
    ]

    private static func header(of bytes: some ImageBytes) throws -> ImageHeader {
        let prefix = try bytes.bytes(in: 0..<min(ImageHeader.size, bytes.count))
        if let magic = prefix.first, magic != ImageHeader.magic {
            throw AppImageFlaw(
                at: 0, "the magic byte", expected: hexadecimal(ImageHeader.magic),
                found: hexadecimal(magic, digits: 2)
                    + (self.beginnings[magic].map { ", as \($0) begins" } ?? ""))
        }
        guard let header = ImageHeader(prefix) else {
            throw AppImageFlaw(
                at: bytes.count, "the image header", expected: "24 bytes",
                found: "the end of the file after \(bytes.count)")
        }
        return header
    }

    private static func segment(
        _ number: Int, at place: Int, of bytes: some ImageBytes
    ) throws -> AppImageMap.Segment {
        let start = place + ImageSegment.headerSize
        guard start <= bytes.count else {
            throw AppImageFlaw(
                at: bytes.count, "the header of segment \(number)",
                expected: "8 bytes at \(place)", found: "the end of the file")
        }
        let header = try bytes.bytes(in: place..<start)
        let length = Int(header.integer(at: 4) as UInt32)
        guard length % 4 == 0, length < ImageSegment.sizeLimit else {
            throw AppImageFlaw(
                at: place + 4, "the length of segment \(number)",
                expected: "a multiple of 4 under \(hexadecimal(ImageSegment.sizeLimit))",
                found: hexadecimal(length))
        }
        guard length <= bytes.count - start else {
            throw AppImageFlaw(
                at: place + 4, "the length of segment \(number)",
                expected: "at most the \(bytes.count - start) bytes that the file has behind it",
                found: "\(length)")
        }
        return AppImageMap.Segment(
            header: place, loadAddress: header.integer(at: 0), data: start..<start + length)
    }

    private static func signature(
        behind end: Int, of bytes: some ImageBytes
    ) throws -> Range<Int>? {
        let start = SignatureSector.offset(behind: end)
        let place = start..<start + SignatureSector.size
        guard place.upperBound <= bytes.count,
            SignatureSector(try bytes.bytes(in: place)) != nil
        else { return nil }
        return place
    }
}
