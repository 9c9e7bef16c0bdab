/// One of the two records that choose the app to boot: `esp_ota_select_entry_t` in ESP-IDF's
/// `esp_flash_partitions.h`.
///
/// It is a view of its bytes, so that what it has no name for survives a change. A change leaves
/// ``crc`` as it was until ``reseal()``.
public struct OTASelectEntry: Sendable, Hashable {
    /// In bytes.
    public static let size = 32

    /// What became of the app that an entry chooses: `esp_ota_img_states_t`.
    public enum State: UInt32, CaseIterable, Sendable {
        /// Written, and not booted yet.
        case new = 0
        /// Booted once; unless it is confirmed, the next boot aborts it.
        case pendingVerify = 1
        /// Confirmed by the app itself.
        case valid = 2
        /// Given up by the app itself.
        case invalid = 3
        /// Given up by the bootloader, because nothing confirmed it.
        case aborted = 4
        /// What a build without rollback writes.
        case undefined = 0xFFFF_FFFF
    }

    /// The entry as it stands in flash: always 32 bytes.
    public private(set) var bytes: [UInt8]

    /// An entry that was never written: 0xFF throughout, as erased flash has it.
    public static let blank = OTASelectEntry(erased: ())

    /// A sealed entry with an unused label, as ESP-IDF writes it.
    /// - Parameters:
    ///   - sequence: `ota_seq`; see ``sequence``.
    ///   - state: `ota_state`.
    public init(sequence: UInt32, state: State) {
        self = .blank
        self.sequence = sequence
        self.rawState = state.rawValue
        self.reseal()
    }

    /// Reads an entry, whether or not it is sound.
    /// - Parameter bytes: no more than 32 of them are read.
    /// - Returns: nil if there are fewer.
    public init?(_ bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes.prefix(Self.size))
        guard self.bytes.count == Self.size else { return nil }
    }

    private init(erased: ()) { self.bytes = [UInt8](repeating: 0xFF, count: Self.size) }

    /// `ota_seq`: the entry with the larger one is in force, and it gives the slot. 0xFFFFFFFF
    /// means that there is no entry.
    public var sequence: UInt32 {
        get { self.bytes.integer(at: 0) }
        set { self.bytes.set(newValue, at: 0) }
    }

    /// `seq_label`: 20 bytes that nothing uses.
    public var label: [UInt8] { Array(self.bytes[4..<24]) }

    /// `ota_state`, whatever it holds; see ``state``.
    public var rawState: UInt32 {
        get { self.bytes.integer(at: 24) }
        set { self.bytes.set(newValue, at: 24) }
    }

    /// The state, if it is one that ESP-IDF has a name for. Any other boots like ``State/valid``.
    public var state: State? { State(rawValue: self.rawState) }

    /// `crc`: covers ``sequence`` and nothing else.
    public var crc: UInt32 {
        get { self.bytes.integer(at: 28) }
        set { self.bytes.set(newValue, at: 28) }
    }

    /// What ``crc`` should be (`bootloader_common_ota_select_crc`).
    public var expectedCRC: UInt32 {
        CRC32.of(self.bytes[0..<4], continuing: 0xFFFF_FFFF)
    }

    /// Whether ``crc`` is what it should be.
    public var isCRCValid: Bool { self.crc == self.expectedCRC }

    /// Makes ``crc`` right.
    public mutating func reseal() { self.crc = self.expectedCRC }

    /// Whether there is no entry here, as ESP-IDF judges: by ``sequence`` alone.
    public var isBlank: Bool { self.sequence == 0xFFFF_FFFF }

    /// Whether the app that the entry chooses was given up, by itself or by the bootloader.
    public var isGivenUp: Bool { self.state == .invalid || self.state == .aborted }

    /// Whether the entry may choose what boots (`bootloader_common_ota_select_valid`).
    public var isUsable: Bool { !self.isBlank && !self.isGivenUp && self.isCRCValid }

    /// The slot that the entry chooses: (``sequence`` - 1) mod `count`, in 32 bits.
    ///
    /// Bare arithmetic: a blank entry has a slot too.
    /// - Parameter count: how many OTA slots the partition table has.
    /// - Returns: nil if there are none.
    public func slot(of count: Int) -> Int? {
        count > 0 ? Int(self.sequence &- 1) % count : nil
    }
}
