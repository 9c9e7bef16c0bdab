import FirmwareImage

/// What an entry of otadata can be found as, whatever its sequence number.
struct EntryKind: Sendable {
    let name: String
    let entry: @Sendable (UInt32) -> OTASelectEntry

    /// Each kind: every state, nothing, a wrong CRC, and what a write leaves that was cut off after
    /// so many bytes.
    static let all: [EntryKind] =
        [Self("blank") { _ in .blank }, Self("pending, blank") { _ in pendingBlank }]
        + OTASelectEntry.State.allCases.map { state in
            Self("\(state)") { OTASelectEntry(sequence: $0, state: state) }
        }
        + [Self("garbage state") { garbage(OTASelectEntry(sequence: $0, state: .new)) }]
        + [.new, .pendingVerify, .valid, .aborted].map { Self.wrong($0) }
        // Up to the state there is nothing to tell one from another by.
        + [4, 24].map { Self.torn(.new, $0) }
        + [25, 28, 30].flatMap { [Self.torn(.new, $0), Self.torn(.pendingVerify, $0)] }

    /// One of each sort.
    static let few = Self.all.filter {
        ![
            "pending, blank", "garbage state", "new, wrong CRC", "aborted, wrong CRC",
            "new, torn at 4", "new, torn at 25", "pendingVerify, torn at 25", "new, torn at 30",
            "pendingVerify, torn at 30",
        ].contains($0.name)
    }

    private init(_ name: String, _ entry: @escaping @Sendable (UInt32) -> OTASelectEntry) {
        self.name = name
        self.entry = entry
    }

    private static func wrong(_ state: OTASelectEntry.State) -> Self {
        Self("\(state), wrong CRC") { OTASelectEntry(sequence: $0, state: state).withWrongCRC }
    }

    private static func torn(_ state: OTASelectEntry.State, _ count: Int) -> Self {
        Self("\(state), torn at \(count)") {
            OTASelectEntry(sequence: $0, state: state).torn(at: count)
        }
    }

    private static func garbage(_ entry: OTASelectEntry) -> OTASelectEntry {
        var entry = entry
        entry.rawState = 0x1234_5678
        return entry
    }

    private static let pendingBlank: OTASelectEntry = {
        var entry = OTASelectEntry.blank
        entry.rawState = OTASelectEntry.State.pendingVerify.rawValue
        return entry
    }()
}

extension OTASelectEntry {
    var withWrongCRC: Self {
        var entry = self
        entry.crc ^= 0x0100
        return entry
    }

    /// What flash holds if the power goes after so many bytes of a write.
    func torn(at count: Int) -> Self {
        Self(self.bytes.prefix(count) + [UInt8](repeating: 0xFF, count: Self.size - count))!
    }
}

extension OTAData {
    /// A partition with these entries.
    init(_ first: OTASelectEntry, _ second: OTASelectEntry) {
        self.init()
        self[0] = first
        self[1] = second
    }
}
