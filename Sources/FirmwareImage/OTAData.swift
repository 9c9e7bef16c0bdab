/// Why bytes are not the contents of an otadata partition.
public enum OTADataError: Error, Hashable, CustomStringConvertible {
    /// There are so many bytes.
    case wrongSize(Int)

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .wrongSize(let count):
            "An otadata partition has \(OTAData.size) bytes, and here are \(count); read the whole "
                + "partition and nothing else."
        }
    }
}

/// The contents of the otadata partition: two entries, each at the beginning of a flash sector, of
/// which one chooses the app to boot (ESP-IDF, "Over The Air Updates", OTA Data Partition).
///
/// Entries are counted from 0, slots too. What lies behind the entries is kept as it is.
public struct OTAData: Sendable, Hashable {
    /// In bytes.
    public static let size = 2 * sectorSize
    /// From one entry to the next, in bytes: what one erasure clears.
    public static let sectorSize = 0x1000

    /// The partition as it stands in flash: always 8192 bytes.
    public private(set) var bytes: [UInt8]

    /// An erased partition: both entries are blank.
    public init() { self.bytes = [UInt8](repeating: 0xFF, count: Self.size) }

    /// Reads a partition, whether or not its entries are sound.
    /// - Throws: ``OTADataError`` if there are more or fewer than 8192 bytes.
    public init(_ bytes: [UInt8]) throws(OTADataError) {
        guard bytes.count == Self.size else { throw .wrongSize(bytes.count) }
        self.bytes = bytes
    }

    /// An entry. A new one takes its 32 bytes, and the rest of the sector stays.
    /// - Precondition: the index is 0 or 1.
    public subscript(index: Int) -> OTASelectEntry {
        get {
            // The partition's size is fixed, so there are 32 bytes.
            OTASelectEntry(self.bytes[self.range(of: index)])!
        }
        set { self.bytes.replaceSubrange(self.range(of: index), with: newValue.bytes) }
    }

    /// Both entries.
    public var entries: [OTASelectEntry] { [self[0], self[1]] }

    private func range(of index: Int) -> Range<Int> {
        precondition(index == 0 || index == 1, "otadata has the entries 0 and 1")
        return index * Self.sectorSize..<index * Self.sectorSize + OTASelectEntry.size
    }

    /// The entry in force: of the usable ones that with the larger `ota_seq`, entry 0 if they are
    /// equal; nil if neither is usable (`bootloader_common_get_active_otadata`).
    public var active: Int? {
        Self.choose(self.entries.map(\.isUsable), self[0].sequence >= self[1].sequence)
    }

    /// The entry of the app that was given up last: blank entries and wrong CRCs do not count, and
    /// of two it is that with the *smaller* `ota_seq`, entry 0 if they are equal; nil if there is
    /// none (`esp_ota_get_last_invalid_partition`, which also verifies the image in the slot).
    public var lastInvalid: Int? {
        Self.choose(
            self.entries.map { !$0.isBlank && $0.isCRCValid && $0.isGivenUp },
            self[0].sequence <= self[1].sequence)
    }

    private static func choose(_ candidates: [Bool], _ firstIsBetter: Bool) -> Int? {
        switch (candidates[0], candidates[1]) {
        case (true, true): firstIsBetter ? 0 : 1
        case (true, false): 0
        case (false, true): 1
        case (false, false): nil
        }
    }

    /// The entry that tells the state of a slot: the first with a right CRC and that slot, so that
    /// entry 0 hides entry 1 if both have it (`esp_ota_get_state_partition`).
    /// - Returns: nil if neither has, or there is no such slot.
    public func entry(ofSlot slot: Int, of count: Int) -> Int? {
        (0...1).first { self[$0].isCRCValid && self[$0].slot(of: count) == slot }
    }
}

extension OTAData {
    /// What otadata makes the bootloader try first.
    public enum Selection: Sendable, Hashable {
        /// The factory app.
        case factory
        /// The app in this OTA slot.
        case slot(Int)
        /// Every OTA slot in turn, from slot 0.
        case everySlot
    }

    /// What the bootloader tries first, in a build without anti-rollback
    /// (`bootloader_utility_get_selected_boot_partition`).
    ///
    /// Where entries are blank or given up it does not ask for their CRC, so two such entries
    /// select slot 0 if there is no factory app, even if slot 0 was given up.
    /// - Parameters:
    ///   - count: how many OTA slots the partition table has.
    ///   - hasFactory: whether it has a factory app.
    public func selection(of count: Int, hasFactory: Bool) -> Selection {
        if count <= 0 || self.entries.allSatisfy({ $0.isBlank || $0.isGivenUp }) {
            return hasFactory ? .factory : .slot(0)
        }
        if let active, let slot = self[active].slot(of: count) { return .slot(slot) }
        return hasFactory ? .factory : .everySlot
    }

    /// An entry that is to be written.
    public struct Target: Sendable, Hashable {
        /// The entry, and so the sector: 0 or 1.
        public let index: Int
        /// Its new `ota_seq`. 0xFFFFFFFF is never reached in a board's life; ESP-IDF would write it
        /// too, and find the entry blank.
        public let sequence: UInt32
    }

    /// What is written to select a slot (`esp_rewrite_ota_data`): not into the active entry but the
    /// other, with the least `ota_seq` that gives the slot and is not below the active one. If no
    /// entry is active: entry 0, with slot + 1.
    ///
    /// Selecting the slot that is active gives the same `ota_seq` again.
    /// - Parameters:
    ///   - slot: of 0..<count.
    ///   - count: how many OTA slots the partition table has.
    /// - Returns: nil if there is no such slot, or no such `ota_seq` in 32 bits.
    public func target(forSlot slot: Int, of count: Int) -> Target? {
        guard let count = UInt32(exactly: count), let slot = UInt32(exactly: slot), slot < count
        else { return nil }
        guard let active else { return Target(index: 0, sequence: slot + 1) }
        let floor = self[active].sequence
        let start = (slot + 1) % count
        let rounds = floor > start ? (floor - start - 1) / count + 1 : 0
        let sequence = UInt64(start) + UInt64(rounds) * UInt64(count)
        return UInt32(exactly: sequence).map { Target(index: 1 - active, sequence: $0) }
    }

    /// Selects a slot as `esp_ota_set_boot_partition` does: erases the target's sector and writes a
    /// sealed entry.
    /// - Parameters:
    ///   - slot: of 0..<count.
    ///   - count: how many OTA slots the partition table has.
    ///   - state: ``OTASelectEntry/State/new`` in a build with rollback, `undefined` without.
    /// - Returns: what was written; nil, and nothing changed, if ``target(forSlot:of:)`` has none.
    @discardableResult
    public mutating func select(
        slot: Int, of count: Int, state: OTASelectEntry.State
    ) -> Target? {
        guard let target = self.target(forSlot: slot, of: count) else { return nil }
        var entry = self[target.index]
        entry.sequence = target.sequence
        entry.rawState = state.rawValue
        entry.reseal()
        let sector = target.index * Self.sectorSize
        self.bytes.replaceSubrange(
            sector..<sector + Self.sectorSize,
            with: [UInt8](repeating: 0xFF, count: Self.sectorSize))
        self[target.index] = entry
        return target
    }
}
