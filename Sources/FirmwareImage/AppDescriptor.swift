/// What an app says about itself, in 256 bytes at ``offset`` of its image: `esp_app_desc_t` in
/// ESP-IDF's `esp_app_desc.h`.
///
/// It is a view of its bytes, so that what it has no name for survives a change.
public struct AppDescriptor: Sendable, Hashable {
    /// In bytes.
    public static let size = 256
    /// Where the descriptor stands in an image: it begins the first segment's data.
    public static let offset = ImageHeader.size + ImageSegment.headerSize
    /// The first word.
    public static let magic: UInt32 = 0xABCD_5432

    /// A text of the descriptor, ended by a zero byte.
    public enum Text: String, CaseIterable, Sendable {
        /// The app's version, which clients compare as raw bytes.
        case version
        /// The project's name.
        case project
        /// When the app was compiled, as the C macro `__TIME__` writes it.
        case time
        /// The day it was compiled, as the C macro `__DATE__` writes it.
        case date
        /// The version of ESP-IDF that the app was built with, such as `v5.3.2`.
        case idfVersion = "ESP-IDF version"

        /// Where the text stands in the descriptor, with its zero byte.
        public var range: Range<Int> {
            switch self {
            case .version: 16..<48
            case .project: 48..<80
            case .time: 80..<96
            case .date: 96..<112
            case .idfVersion: 112..<144
            }
        }

        /// The field's name in ESP-IDF's `esp_app_desc_t`.
        public var field: String {
            switch self {
            case .version: "version"
            case .project: "project_name"
            case .time: "time"
            case .date: "date"
            case .idfVersion: "idf_ver"
            }
        }

        /// The most bytes of UTF-8 that it may have.
        public var limit: Int { self.range.count - 1 }
    }

    /// The descriptor as it stands in a file: always 256 bytes.
    public private(set) var bytes: [UInt8]

    /// A descriptor with all else zero.
    public init() {
        self.bytes = [UInt8](repeating: 0, count: Self.size)
        self.bytes.set(Self.magic, at: 0)
    }

    /// Reads a descriptor.
    /// - Parameter bytes: what an image has from ``offset`` on; no more than 256 bytes are read.
    /// - Returns: nil if there are fewer than 256 bytes or the first word is not ``magic``.
    public init?(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes.prefix(Self.size))
        guard self.bytes.count == Self.size, self.bytes.integer(at: 0) == Self.magic else {
            return nil
        }
    }

    /// A text up to its zero byte, or all of its bytes if there is none. What is not UTF-8 is
    /// replaced.
    public func text(_ text: Text) -> String {
        String(decoding: self.bytes[text.range].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Writes a text and zeros behind it.
    /// - Throws: ``AppImageError`` if it is longer than its ``Text/limit`` or holds a zero byte.
    public mutating func set(_ text: Text, to value: String) throws(AppImageError) {
        let utf8 = Array(value.utf8)
        guard utf8.count <= text.limit else {
            throw .textTooLong(text, count: utf8.count)
        }
        guard !utf8.contains(0) else { throw .textHoldsZero(text) }
        let zeros = [UInt8](repeating: 0, count: text.range.count - utf8.count)
        self.bytes.replaceSubrange(text.range, with: utf8 + zeros)
    }

    /// The app's version.
    public var version: String { self.text(.version) }
    /// The project's name.
    public var project: String { self.text(.project) }

    /// What anti-rollback compares with the chip's eFuses.
    public var secureVersion: UInt32 {
        get { self.bytes.integer(at: 4) }
        set { self.bytes.set(newValue, at: 4) }
    }

    /// The SHA-256 of the ELF file that the app was made from: 32 bytes.
    /// - Precondition: a new value has 32 bytes.
    public var elfDigest: [UInt8] {
        get { Array(self.bytes[144..<176]) }
        set {
            precondition(newValue.count == SHA256.digestSize, "a SHA-256 digest has 32 bytes")
            self.bytes.replaceSubrange(144..<176, with: newValue)
        }
    }

    /// The lowest eFuse block revision that may run the app: major * 100 + minor.
    public var minEfuseBlockRevision: UInt16 {
        get { self.bytes.integer(at: 176) }
        set { self.bytes.set(newValue, at: 176) }
    }

    /// The memory pages that the app was linked for, in bytes; nil if it does not say, as apps of ESP-IDF
    /// before v5.4.1, or says what no chip has. The field is the exponent of a power of two.
    var page: Int? { (13...16).contains(self.bytes[180]) ? 1 << Int(self.bytes[180]) : nil }

    /// The highest eFuse block revision that may run the app; 0 and 65535 mean any.
    public var maxEfuseBlockRevision: UInt16 {
        get { self.bytes.integer(at: 178) }
        set { self.bytes.set(newValue, at: 178) }
    }
}
