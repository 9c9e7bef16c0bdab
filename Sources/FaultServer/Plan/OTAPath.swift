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
    /// What happens, in one phrase.
    public let summary: String

    /// All paths, by stage.
    public static let all: [OTAPath] =
        Self.connect + Self.tls + Self.http + Self.download + Self.header + Self.policy + Self.write
        + Self.verify + Self.setBoot + Self.boot + Self.selfTest + Self.confirm

    /// The path of that id.
    public static subscript(id: String) -> OTAPath? { Self.byID[id] }

    private static let byID = Dictionary(uniqueKeysWithValues: Self.all.map { ($0.id, $0) })

    static func paths(_ stage: Stage, _ list: KeyValuePairs<String, String>) -> [OTAPath] {
        list.map { OTAPath(id: $0.key, stage: stage, summary: $0.value) }
    }
}
