/// The slots of a device that has been updated before: a profile's slots are those of a device as it
/// comes out of the box, with an app in `factory`.
///
/// What a profile calls `factory` is the slot in which the story began, `ota_0` the one to which its first
/// update goes, `ota_1` the next, in the order of ESP-IDF's `esp_ota_get_next_update_partition`.
struct SlotRing: Sendable, Hashable {
    /// Where the device ran when the story began.
    let start: String
    /// How many slots `ota_0`, `ota_1` ... it has; 2 at least, or no update would be possible from one.
    let count: Int

    init(start: String, count: Int) {
        self.start = start
        self.count = max(2, count)
    }

    /// Which slot of the device a profile's slot is.
    func slot(for slot: String) -> String {
        guard let start = Self.number(of: self.start) else { return slot }
        guard let number = Self.number(of: slot) else { return self.start }
        return "ota_\((start + 1 + number) % self.count)"
    }

    /// Whether the next update goes to the last slot.
    var isLastNext: Bool { self.slot(for: "ota_0") == "ota_\(self.count - 1)" }

    /// Of an OTA slot; nil: it is none.
    private static func number(of slot: String) -> Int? {
        slot.hasPrefix("ota_") ? Int(slot.dropFirst(4)) : nil
    }
}
