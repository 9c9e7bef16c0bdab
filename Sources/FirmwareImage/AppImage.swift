/// An ESP-IDF app image: what `idf.py build` leaves as `build/PROJECT.bin` and a board boots.
///
/// In the file: the header, the segments, zeros, the checksum byte, and the SHA-256 of all that
/// (ESP-IDF, "App Image Format").
public struct AppImage: Sendable, Hashable {
    /// Written as it is, also where it does not fit the segments.
    public var header: ImageHeader
    /// In the file's order; the first begins with the app's descriptor.
    public var segments: [ImageSegment]

    /// An image of these parts, which are not checked.
    public init(header: ImageHeader, segments: [ImageSegment]) {
        self.header = header
        self.segments = segments
    }

    /// The file, with a right checksum and, if the header says that there is one, a right digest.
    public func bytes() -> [UInt8] {
        var file = self.header.bytes
        let end = self.segments.reduce(file.count) {
            $0 + ImageSegment.headerSize + $1.data.count
        }
        file.reserveCapacity(Checksum.place(behind: end) + 1 + SHA256.digestSize)
        for segment in self.segments {
            file += segment.header
            file += segment.data
        }
        file += [UInt8](repeating: 0, count: Checksum.place(behind: end) - end)
        file.append(Checksum(of: self.segments).value)
        if self.header.digestFlag != 0 { file += SHA256.digest(of: file) }
        return file
    }
}
