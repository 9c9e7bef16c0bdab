/// All that can be said of a file as an app image: its parts, and each check that a device makes, in the
/// order in which ESP-IDF's bootloader makes them (`esp_image_format.c`), then those that no device makes
/// and a valid image passes all the same.
public struct AppImageInspection: Sendable, Hashable {
    /// One thing that is looked at.
    public struct Check: Sendable, Hashable {
        /// What came of it.
        public enum Outcome: Sendable, Hashable {
            /// It holds; with what was found.
            case passed(String)
            /// It does not hold.
            case failed(AppImageFlaw)
            /// It means nothing for this file, or cannot be made; with the reason.
            case skipped(String)
        }

        /// A few words: `segment count`.
        public let name: String
        /// What came of it.
        public let outcome: Outcome

        /// The flaw, if the check failed.
        public var flaw: AppImageFlaw? {
            if case .failed(let flaw) = self.outcome { flaw } else { nil }
        }
    }

    /// In the order in which they were made.
    public let checks: [Check]
    /// Where the parts stand; nil if the structure cannot be followed to its end.
    public let map: AppImageMap?
    /// Nil if the file does not begin with one.
    public let header: ImageHeader?
    /// Those that were reached.
    public let segments: [AppImageMap.Segment]
    /// Nil if there is none at its place.
    public let descriptor: AppDescriptor?
    /// Nil if there is none at its place.
    public let directive: Directive?
    /// Of the file, in bytes.
    public let count: Int

    /// One line about the app; nil without an app descriptor.
    public var summary: AppImage.Summary? {
        guard let header = self.header, let descriptor = self.descriptor else { return nil }
        return AppImage.Summary(header, descriptor, size: self.count)
    }

    /// The first thing that is wrong, as a device finds it; nil if the image is valid.
    public var firstFlaw: AppImageFlaw? { self.checks.lazy.compactMap(\.flaw).first }

    /// Looks at a file. It is read in parts: once for each of checksum, SHA-256 and signatures.
    /// - Throws: what the bytes throw when they cannot be read; never because of what they are.
    public init(of bytes: some ImageBytes) throws {
        let walk = try AppImageWalk(bytes)
        self.header = walk.header
        self.segments = walk.segments
        self.map = walk.map
        self.count = bytes.count
        let first = walk.segments.first?.data
        let start = try bytes.bytes(
            in: 0..<min(Directive.offset + Directive.size, first?.upperBound ?? 0))
        let descriptor = AppDescriptor(start.dropFirst(AppDescriptor.offset))
        self.descriptor = descriptor
        self.directive = Directive(start.dropFirst(Directive.offset))
        var examiner = AppImageExaminer(walk: walk, start: start, descriptor: descriptor)
        try examiner.examine(bytes)
        self.checks = examiner.checks
    }
}
