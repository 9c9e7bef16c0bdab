/// An ESP-IDF app image in its parts: what `idf.py build` leaves as `build/PROJECT.bin` and a board boots.
///
/// What is read is written back byte for byte, also where it makes no sense
/// (ESP-IDF, "App Image Format").
public struct AppImage: Sendable, Hashable {
    /// Written as it is, also where it does not fit the segments.
    public var header: ImageHeader
    /// In the file's order; the first begins with the app's descriptor.
    public var segments: [ImageSegment]
    /// Between the last segment and the checksum.
    public var padding: [UInt8]
    /// The byte that the bootloader compares with the ``Checksum`` of the segments.
    public var checksum: UInt8
    /// The SHA-256 of all before it: 32 bytes, or none.
    public var digest: [UInt8]
    /// What comes behind: nothing, or padding and a signature sector, or what somebody appended.
    public var rest: [UInt8]

    /// An image of these parts, which are not checked, with right seals and nothing behind them.
    public init(header: ImageHeader, segments: [ImageSegment]) {
        self.header = header
        self.segments = segments
        self.padding = []
        self.checksum = 0
        self.digest = []
        self.rest = []
        self.seal()
    }

    /// Takes a file apart.
    /// - Throws: ``AppImageFlaw`` if its structure cannot be followed to its end; see
    ///   ``AppImageMap/init(of:)``. Checksum and digest may be wrong.
    public init(parsing bytes: [UInt8]) throws(AppImageFlaw) {
        let map: AppImageMap
        do {
            map = try AppImageMap(of: bytes)
        } catch let flaw as AppImageFlaw {
            throw flaw
        } catch {
            preconditionFailure("bytes in memory can be read")
        }
        self.header = map.header
        self.segments = map.segments.map {
            ImageSegment(loadAddress: $0.loadAddress, data: Array(bytes[$0.data]))
        }
        self.padding = Array(bytes[map.padding])
        self.checksum = bytes[map.checksum]
        self.digest = map.digest.map { Array(bytes[$0]) } ?? []
        self.rest = Array(bytes[map.end...])
    }

    /// The file.
    public var bytes: [UInt8] {
        var file: [UInt8] = []
        file.reserveCapacity(self.count)
        self.forEachPart { file += $0 }
        file += self.digest
        file += self.rest
        return file
    }

    /// How many bytes the file has.
    public var count: Int {
        self.end + self.padding.count + 1 + self.digest.count + self.rest.count
    }

    /// The app's descriptor; nil if the first segment does not begin with one.
    public var descriptor: AppDescriptor? { self.segments.first.flatMap { AppDescriptor($0.data) } }

    /// How the app's first boot is to go; nil if the image does not say.
    public var directive: Directive? {
        self.segments.first.flatMap { Directive($0.data.dropFirst(AppDescriptor.size)) }
    }

    /// Makes padding and seals right: as many zeros as the segments want, the checksum, and the digest if
    /// the header says that there is one. What comes behind stays as it is.
    public mutating func seal() {
        self.padding = [UInt8](repeating: 0, count: Checksum.place(behind: self.end) - self.end)
        self.checksum = Checksum(of: self.segments).value
        self.digest = []
        guard self.header.digestFlag != 0 else { return }
        var hash = SHA256()
        self.forEachPart { hash.update($0) }
        self.digest = hash.digest()
    }

    /// Behind the last segment.
    private var end: Int {
        self.segments.reduce(self.header.bytes.count) {
            $0 + ImageSegment.headerSize + $1.data.count
        }
    }

    /// Hands over all that the digest covers, in the file's order.
    private func forEachPart(_ body: ([UInt8]) -> Void) {
        body(self.header.bytes)
        for segment in self.segments {
            body(segment.header)
            body(segment.data)
        }
        body(self.padding)
        body([self.checksum])
    }
}
