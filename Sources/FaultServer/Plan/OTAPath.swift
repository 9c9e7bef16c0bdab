/// A way that an update can take in a device: one in which it is refused, cut off, resumed or rolled
/// back, or in which a device is known to go wrong. A profile says which ones it `covers`.
///
/// They are those of ESP-IDF's `esp_https_ota`, `esp_http_client`, `app_update` and bootloader in
/// version 5.3.2, and those that newer versions add.
public struct OTAPath: Sendable, Hashable {
    /// What a profile's `covers` names: `body-stall`.
    public let id: String
    /// The step of the update in which it is taken.
    public let stage: Stage
    /// Whose doing it takes: one of them, or for some paths several together.
    public let needs: Needs
    /// How it is known.
    public let evidence: Evidence
    /// What happens, in one phrase.
    public let summary: String

    /// What has to be so that a device takes a path.
    public struct Needs: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// What the server says, from TLS to the body's bytes.
        public static let server = Needs(rawValue: 1 << 0)
        /// Name resolution, routes and packets.
        public static let network = Needs(rawValue: 1 << 1)
        /// The bytes of the image.
        public static let image = Needs(rawValue: 1 << 2)
        /// A loss of power at a moment.
        public static let power = Needs(rawValue: 1 << 3)
        /// What lies in the flash, or a flash that fails.
        public static let flash = Needs(rawValue: 1 << 4)
        /// How the device was built: menuconfig, partition table, eFuses, pins.
        public static let configuration = Needs(rawValue: 1 << 5)
        /// What the application does.
        public static let application = Needs(rawValue: 1 << 6)
    }

    /// How a path is known.
    public enum Evidence: Sendable, Hashable {
        /// ESP-IDF v5.3.2's own code was run through it.
        case seen
        /// Read in the source of v5.3.2.
        case read
        /// Follows from what was read.
        case inferred
        /// v5.3.2 does not have it. Read in the source of that version, which is the first of those
        /// looked at that has.
        case newer(String)
    }

    /// All paths, by stage.
    public static let all: [OTAPath] =
        Self.connect + Self.tls + Self.http + Self.download + Self.header + Self.policy + Self.write
        + Self.verify + Self.setBoot + Self.boot + Self.selfTest + Self.confirm

    /// The path of that id.
    public static subscript(id: String) -> OTAPath? { Self.byID[id] }

    private static let byID = Dictionary(uniqueKeysWithValues: Self.all.map { ($0.id, $0) })

    static func paths(
        _ stage: Stage, _ list: [(id: String, Needs, Evidence, summary: String)]
    ) -> [OTAPath] {
        list.map {
            OTAPath(id: $0.id, stage: stage, needs: $0.1, evidence: $0.2, summary: $0.summary)
        }
    }
}
