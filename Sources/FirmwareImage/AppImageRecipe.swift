/// What an app image shall be like. Equal recipes give equal images, to the byte.
///
/// The image is valid in all that ESP-IDF checks, and its app does nothing: it is a loop. All else
/// in it is noise that differs from sector to sector and from recipe to recipe, so that a swapped,
/// repeated or foreign sector cannot go unnoticed.
public struct AppImageRecipe: Sendable, Hashable {
    /// What images the server offers if it is given none.
    public static let demo = AppImageRecipe(
        project: "faultserve-demo", version: "2.0.0", size: 602_224)

    /// The bounds of ``size``, which is a multiple of 16 besides. ESP-IDF has no larger app
    /// partitions.
    public static let sizes = 416...16 << 20

    /// What the app runs on.
    public var chip: Chip
    /// At most 31 bytes of UTF-8.
    public var project: String
    /// At most 31 bytes of UTF-8.
    public var version: String
    /// What anti-rollback compares with the chip's eFuses.
    public var secureVersion: UInt32
    /// At most 31 bytes of UTF-8.
    public var idfVersion: String
    /// At most 15 bytes of UTF-8, in the form of the C macro `__TIME__`.
    public var time: String
    /// At most 15 bytes of UTF-8, in the form of the C macro `__DATE__`.
    public var date: String
    /// Of the file, in bytes: a multiple of 16 in ``sizes``.
    public var size: Int
    /// Another seed gives other noise.
    public var seed: UInt64
    /// How many segments the image has: what its size gives if nil, else at least that and at most 16.
    public var segments: Int?
    /// How the flash is to be driven; the chip's usual way if nil.
    public var flash: FlashSettings?
    /// The chip revisions that may run the image: major * 100 + minor; 0 and 65535 as highest mean any.
    public var chipRevisions: (least: UInt16, most: UInt16) {
        get { (self.leastChipRevision, self.mostChipRevision) }
        set { (self.leastChipRevision, self.mostChipRevision) = newValue }
    }
    private var leastChipRevision: UInt16 = 0
    private var mostChipRevision: UInt16 = 0xFFFF
    /// The SHA-256 of the ELF file: 32 bytes; made of the recipe if nil.
    public var elfDigest: [UInt8]?
    /// How the first boot is to go.
    public var directive = Directive(.pass)

    /// A recipe; its limits are checked when the image is made.
    public init(
        chip: Chip = .esp32, project: String, version: String, secureVersion: UInt32 = 0,
        idfVersion: String = "v5.3.2", time: String = "12:00:00", date: String = "Jan  1 2025",
        size: Int, seed: UInt64 = 1
    ) {
        self.chip = chip
        self.project = project
        self.version = version
        self.secureVersion = secureVersion
        self.idfVersion = idfVersion
        self.time = time
        self.date = date
        self.size = size
        self.seed = seed
    }

    /// The file of the image.
    /// - Throws: ``AppImageError`` if the size is impossible or a text does not fit.
    public func bytes() throws(AppImageError) -> [UInt8] { try self.image().bytes }

    /// The image.
    /// - Throws: ``AppImageError`` if the size is impossible or a text does not fit.
    public func image() throws(AppImageError) -> AppImage {
        let layout = try AppImageLayout(size: self.size, segments: self.segments)
        let descriptor = try self.descriptor()
        var noise = SplitMix64(seed: descriptor.elfDigest.integer(at: 0))
        let memory = self.chip.memory

        func segment(_ address: UInt32, _ count: Int, after head: [UInt8] = []) -> ImageSegment {
            ImageSegment(loadAddress: address, data: head + noise.bytes(count - head.count))
        }
        var segments = [
            segment(memory.drom, layout.drom, after: descriptor.bytes + self.directive.bytes),
            segment(memory.dram, layout.dram),
            segment(memory.iram, layout.iram, after: self.chip.endlessLoop),
        ]
        for number in 0..<layout.extra {
            let address = memory.dram + UInt32(AppImageLayout.mostDRAM + number * 16)
            segments.append(segment(address, AppImageLayout.extraSize))
        }
        if let mapped = layout.code {
            segments += [segment(0, mapped.padding), segment(memory.irom, mapped.irom)]
        }
        var header = ImageHeader(
            chip: self.chip, segmentCount: UInt8(segments.count), entryAddress: memory.iram)
        if let flash = self.flash { header.flash = flash }
        (header.minChipRevision, header.maxChipRevision) = self.chipRevisions
        return AppImage(header: header, segments: segments)
    }

    private func descriptor() throws(AppImageError) -> AppDescriptor {
        var descriptor = AppDescriptor()
        try descriptor.set(.version, to: self.version)
        try descriptor.set(.project, to: self.project)
        try descriptor.set(.time, to: self.time)
        try descriptor.set(.date, to: self.date)
        try descriptor.set(.idfVersion, to: self.idfVersion)
        descriptor.secureVersion = self.secureVersion
        if let elfDigest = self.elfDigest {
            guard elfDigest.count == SHA256.digestSize else {
                throw .wrongDigestSize(elfDigest.count)
            }
            descriptor.elfDigest = elfDigest
            return descriptor
        }
        // There is no ELF file, so its digest is that of the recipe.
        var recipe =
            descriptor.bytes + ImageHeader(chip: self.chip, segmentCount: 0, entryAddress: 0).bytes
        recipe.append(integer: UInt64(self.size))
        recipe.append(integer: self.seed)
        descriptor.elfDigest = SHA256.digest(of: recipe)
        return descriptor
    }
}

extension AppImage {
    /// The image of ``AppImageRecipe/demo``.
    public static func demo() -> AppImage {
        // The recipe is a constant that meets the limits; a test makes it.
        try! AppImageRecipe.demo.image()
    }
}
