/// The type and subtype of a partition: `esp_partition_type_t` and `esp_partition_subtype_t` in
/// ESP-IDF's `esp_partition.h`.
public struct PartitionKind: Sendable, Hashable, CustomStringConvertible {
    /// 0 app, 1 data; 0x40 and above are an application's own.
    public var type: UInt8
    /// Its meaning depends on the type.
    public var subtype: UInt8

    /// Any kind, also such as ESP-IDF has no name for.
    public init(type: UInt8, subtype: UInt8) {
        self.type = type
        self.subtype = subtype
    }

    /// The type of partitions that hold an app image.
    public static let app: UInt8 = 0
    /// The type of partitions that hold an app's or ESP-IDF's data.
    public static let data: UInt8 = 1
    /// The numbers of OTA slots.
    public static let otaSlots = 0..<16

    /// The app that a board leaves its factory with.
    public static let factory = PartitionKind(type: app, subtype: 0x00)
    /// The app that a pin held at reset boots.
    public static let test = PartitionKind(type: app, subtype: 0x20)
    /// What chooses the app to boot; see ``OTAData``.
    public static let otadata = PartitionKind(type: data, subtype: 0x00)
    /// Calibration of the radio.
    public static let phy = PartitionKind(type: data, subtype: 0x01)
    /// Non-volatile storage.
    public static let nvs = PartitionKind(type: data, subtype: 0x02)
    /// Data of no stated use.
    public static let undefined = PartitionKind(type: data, subtype: 0x06)
    /// The memory of an app that crashed.
    public static let coredump = PartitionKind(type: data, subtype: 0x03)

    /// An OTA slot, `ota_0` to `ota_15`.
    /// - Precondition: the number is one of ``otaSlots``.
    public static func ota(_ number: Int) -> PartitionKind {
        precondition(otaSlots.contains(number), "OTA slots are numbered 0 to 15")
        return PartitionKind(type: app, subtype: 0x10 + UInt8(number))
    }

    /// The number of the OTA slot, if it is one.
    public var otaSlot: Int? {
        self.type == Self.app && self.subtype >> 4 == 1 ? Int(self.subtype & 15) : nil
    }

    /// Where such a partition may begin: at a multiple of this many bytes. An app is mapped through
    /// the MMU by pages of 64 KiB, and all else is erased by sectors of 4 KiB.
    public var alignment: UInt32 { self.type == Self.app ? 0x10000 : 0x1000 }

    /// The names of a CSV file, or numbers where there are none: `app, ota_0`.
    public var description: String { "\(self.typeName), \(self.subtypeName)" }
}

/// The names of ESP-IDF's `gen_esp32part.py`.
extension PartitionKind {
    static let typeNames: [(name: String, value: UInt8)] = [("app", app), ("data", data)]

    private static let appNames: [(name: String, value: UInt8)] =
        [("factory", 0x00), ("test", 0x20)] + otaSlots.map { ("ota_\($0)", 0x10 + UInt8($0)) }

    private static let dataNames: [(name: String, value: UInt8)] = [
        ("ota", 0x00), ("phy", 0x01), ("nvs", 0x02), ("coredump", 0x03), ("nvs_keys", 0x04),
        ("efuse", 0x05), ("undefined", 0x06), ("esphttpd", 0x80), ("fat", 0x81), ("spiffs", 0x82),
        ("littlefs", 0x83),
    ]

    /// The subtypes of a type that have a name.
    static func subtypeNames(of type: UInt8) -> [(name: String, value: UInt8)] {
        switch type {
        case app: self.appNames
        case data: self.dataNames
        default: []
        }
    }

    var typeName: String {
        Self.typeNames.first { $0.value == self.type }?.name ?? "\(self.type)"
    }

    var subtypeName: String {
        Self.subtypeNames(of: self.type).first { $0.value == self.subtype }?.name
            ?? "\(self.subtype)"
    }
}
