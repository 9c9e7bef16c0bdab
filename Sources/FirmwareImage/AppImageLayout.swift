/// How many bytes each segment's data has in an image of a given size.
///
/// DROM, DRAM and IRAM come first. A larger image then has padding, which also takes what the
/// others may not, and IROM, whose data begins 32 bytes behind a multiple of 64 KiB, as its address
/// does.
struct AppImageLayout {
    /// Room behind the descriptor for a custom one, which ESP-IDF puts there.
    static let customDescriptorSize = 32

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
    let code: (padding: Int, irom: Int)?

    /// - Parameter size: of the file.
    /// - Throws: ``AppImageError/impossibleSize(_:nearest:)``.
    init(size: Int) throws(AppImageError) {
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
            self.drom = end - AppDescriptor.offset - others
            self.code = nil
            return
        }
        let wanted = min(end / 5 * 3, Self.mostIROM)
        let pages = max(1, (end - AppDescriptor.offset - wanted + Self.page - 1) / Self.page)
        let start = pages * Self.page + AppDescriptor.offset
        self.dram = 8 << 10
        self.iram = 16 << 10
        // From DROM's data to IROM's there are four headers.
        let free =
            start - AppDescriptor.offset - 4 * ImageSegment.headerSize - self.dram - self.iram
        self.drom = min(free - Self.leastPadding, Self.mostDROM)
        self.code = (padding: free - self.drom, irom: end - start)
    }
}
