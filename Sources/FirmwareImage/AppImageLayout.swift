/// How many bytes each segment's data has in an image of a given size.
///
/// DROM, DRAM and IRAM come first. A larger image then has padding, which also takes what the
/// others may not, and IROM, whose data begins 32 bytes behind a multiple of 64 KiB, as its address
/// does.
struct AppImageLayout {
    /// The data of an extra segment, in DRAM behind the others.
    static let extraSize = 16
    static let mostDRAM = 8 << 10

    private static let page = 64 << 10
    private static let leastPadding = 4 << 10
    private static let leastIROM = 4 << 10
    /// ESP-IDF v5.3.2 maps a first segment that is larger than the free MMU pages in parts, and
    /// reads a descriptor at the beginning of each: so keep it well below.
    private static let mostDROM = 1 << 20
    /// With DROM it fits the smallest flash window of all chips, ESP32-C2's 4 MiB.
    private static let mostIROM = 2 << 20 - 32

    let drom: Int
    let dram: Int
    let iram: Int
    /// Segments besides those that every image of this size has.
    let extra: Int
    let code: (padding: Int, irom: Int)?

    /// - Parameters:
    ///   - size: of the file.
    ///   - segments: how many there shall be; as few as the size needs if nil.
    /// - Throws: ``AppImageError/impossibleSize(_:nearest:)``,
    ///   ``AppImageError/impossibleSegments(_:possible:)``.
    init(size: Int, segments: Int?) throws(AppImageError) {
        guard AppImageRecipe.sizes.contains(size), size % 16 == 0 else {
            let sizes = AppImageRecipe.sizes
            let clamped = min(max(size, sizes.lowerBound), sizes.upperBound)
            throw .impossibleSize(
                size, nearest: Set([clamped / 16 * 16, (clamped + 15) / 16 * 16]).sorted())
        }
        // Behind the last segment stand three zeros, the checksum and the digest.
        let end = size - SHA256.digestSize - 4
        guard end >= Self.page + AppDescriptor.offset + Self.leastIROM else {
            self.dram = 16
            self.iram = 16
            let others = 2 * ImageSegment.headerSize + self.dram + self.iram
            let room = end - AppDescriptor.offset - others
            self.extra = try Self.extra(
                segments, beyond: 3, room: room - AppDescriptor.size - Directive.size)
            self.drom = room - self.extra * Self.extraRoom
            self.code = nil
            return
        }
        let wanted = min(end / 5 * 3, Self.mostIROM)
        let pages = max(1, (end - AppDescriptor.offset - wanted + Self.page - 1) / Self.page)
        let start = pages * Self.page + AppDescriptor.offset
        self.dram = Self.mostDRAM
        self.iram = 16 << 10
        self.extra = try Self.extra(segments, beyond: 5, room: .max)
        // From DROM's data to IROM's there are four headers.
        let free =
            start - AppDescriptor.offset - 4 * ImageSegment.headerSize - self.dram - self.iram
            - self.extra * Self.extraRoom
        self.drom = min(free - Self.leastPadding, Self.mostDROM)
        self.code = (padding: free - self.drom, irom: end - start)
    }

    private static let extraRoom = ImageSegment.headerSize + Self.extraSize

    private static func extra(
        _ segments: Int?, beyond usual: Int, room: Int
    ) throws(AppImageError) -> Int {
        guard let segments else { return 0 }
        let most = min(ImageHeader.mostSegments, usual + room / Self.extraRoom)
        guard (usual...most).contains(segments) else {
            throw .impossibleSegments(segments, possible: usual...most)
        }
        return segments - usual
    }
}
