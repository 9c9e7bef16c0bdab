import FirmwareImage

/// What the bootloader does with otadata, and what it boots, written down a second time from the
/// description of the algorithm.
struct BootExpectation {
    /// What lies in an app partition.
    struct App {
        var isSound = true
        var secureVersion: UInt32 = 0
    }

    struct Device {
        var factory: App?
        var slots = [App(), App()]
        var rollback = true
        /// The secure version that was burnt; nil: a build without anti-rollback.
        var efuse: UInt32?
    }

    private(set) var entries: [OTASelectEntry]
    private(set) var efuse: UInt32?
    /// A slot, or -1: the factory app; nil: nothing.
    private(set) var booted: Int?
    /// What the bootloader says once it has listed the partitions, but for what it says of images.
    private(set) var lines: [String] = []
    private let device: Device

    init(of entries: [OTASelectEntry], on device: Device) {
        self.entries = entries
        self.device = device
        self.efuse = device.efuse
        self.giveUpUnconfirmed()
        let (start, isInitial) = self.select()
        self.load(from: start, isInitial: isInitial)
    }

    var address: UInt32? {
        self.booted.map { $0 < 0 ? Fixture.factory : Fixture.slots[$0] }
    }

    private mutating func giveUpUnconfirmed() {
        guard self.device.rollback else { return }
        for index in 0...1 where self.entries[index].rawState == 1 {
            self.entries[index].rawState = 4
        }
    }

    /// Where to begin, and whether otadata is as new.
    private mutating func select() -> (start: Int, isInitial: Bool) {
        let isBlank = self.entries.map { $0.sequence == 0xFFFF_FFFF }
        let isGivenUp = self.entries.map { $0.rawState == 3 || $0.rawState == 4 }
        let hasCRC = self.entries.map { $0.crc == $0.expectedCRC }
        let isInitial = (0...1).allSatisfy { isBlank[$0] || !hasCRC[$0] }
        let hasFactory = self.device.factory != nil
        if let efuse = self.efuse {
            self.lines += [
                "I boot: Enabled a check secure version of app for anti rollback",
                "I boot: Secure version (from eFuse) = \(efuse)",
            ]
            if isInitial { return (-1, true) }
        } else if (0...1).allSatisfy({ isBlank[$0] || isGivenUp[$0] }) {
            self.lines.append(
                hasFactory
                    ? "I boot: Defaulting to factory image"
                    : "I boot: No factory image, trying OTA 0")
            return hasFactory ? (-1, false) : (0, isInitial)
        }
        let candidates = (0...1).filter {
            !isBlank[$0] && !isGivenUp[$0] && hasCRC[$0]
                && self.isSecureEnough(self.device.slots[self.slot(of: $0)])
        }
        guard var active = candidates.first else {
            self.lines.append(
                "E boot: ota data partition invalid"
                    + (hasFactory
                        ? ", falling back to factory"
                        : " and no factory, will try all partitions"))
            return (-1, false)
        }
        if candidates.count == 2, self.entries[1].sequence > self.entries[0].sequence {
            active = 1
        }
        if self.device.rollback, self.entries[active].rawState == 0 {
            self.entries[active].rawState = 1
        }
        let slot = self.slot(of: active)
        if self.entries[active].rawState == 2 { self.burn(slot) }
        return (slot, false)
    }

    /// Down to the factory app, and then up.
    private mutating func load(from start: Int, isInitial: Bool) {
        for index in (-1...start).reversed() + Array(start + 1..<self.device.slots.count) {
            guard let app = index < 0 ? self.device.factory : self.device.slots[index] else {
                continue
            }
            guard self.isSecureEnough(app), app.isSound else {
                self.lines.append(
                    index < 0
                        ? "E boot: Factory app partition is not bootable"
                        : "E boot: OTA app partition slot \(index) is not bootable")
                continue
            }
            self.booted = index
            let offset = String(self.address!, radix: 16)
            self.lines.append("I boot: Loaded app from partition at offset 0x\(offset)")
            if isInitial, index >= 0 {
                self.entries[0] = OTASelectEntry(sequence: UInt32(index) + 1, state: .valid)
                self.lines.append("I boot: Set actual ota_seq=\(index + 1) in otadata[0]")
                self.burn(index)
            }
            return
        }
        self.lines.append("E boot: No bootable app partitions in the partition table")
    }

    private func slot(of entry: Int) -> Int {
        Int((self.entries[entry].sequence &- 1) % UInt32(self.device.slots.count))
    }

    private func isSecureEnough(_ app: App) -> Bool { app.secureVersion >= self.efuse ?? 0 }

    private mutating func burn(_ slot: Int) {
        let version = self.device.slots[slot].secureVersion
        guard let efuse = self.efuse, version > efuse else { return }
        self.efuse = version
        self.lines.append(
            "I efuse: Anti-rollback is set. eFuse field is updated (\(efuse) -> \(version)).")
    }
}
