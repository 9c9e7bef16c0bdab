import FirmwareImage

/// What the bootloader does with otadata, written down a second time from the description of the
/// algorithm, in a board where every app partition has a sound app and there is no anti-rollback.
struct BootExpectation {
    static let lines = [
        "boot: Defaulting to factory image", "boot: No factory image, trying OTA 0",
        "boot: ota data partition invalid, falling back to factory",
        "boot: ota data partition invalid and no factory, will try all partitions",
        "boot: Set actual ota_seq=1 in otadata[0]",
    ]

    /// -1: the factory app, or each slot in turn.
    private(set) var index = -1
    private(set) var entries: [OTASelectEntry]
    private(set) var lines: [String] = []

    init(of entries: [OTASelectEntry], hasFactory: Bool, rollback: Bool, slots: UInt32) {
        self.entries = entries
        if rollback {
            for index in 0...1 where entries[index].rawState == 1 {
                self.entries[index].rawState = 4
            }
        }
        let isBlank = self.entries.map { $0.sequence == 0xFFFF_FFFF }
        let isGivenUp = self.entries.map { $0.rawState == 3 || $0.rawState == 4 }
        let hasCRC = self.entries.map { $0.crc == $0.expectedCRC }
        if (isBlank[0] || isGivenUp[0]) && (isBlank[1] || isGivenUp[1]) {
            self.lines = [Self.lines[hasFactory ? 0 : 1]]
            self.index = hasFactory ? -1 : 0
            if !hasFactory, (isBlank[0] || !hasCRC[0]) && (isBlank[1] || !hasCRC[1]) {
                self.entries[0] = OTASelectEntry(sequence: 1, state: .valid)
                self.lines.append(Self.lines[4])
            }
            return
        }
        let usable = [0, 1].filter { !isBlank[$0] && !isGivenUp[$0] && hasCRC[$0] }
        guard var active = usable.first else {
            self.lines = [Self.lines[hasFactory ? 2 : 3]]
            return
        }
        if usable.count == 2, self.entries[1].sequence > self.entries[0].sequence { active = 1 }
        self.index = Int((self.entries[active].sequence &- 1) % slots)
        if rollback, self.entries[active].rawState == 0 { self.entries[active].rawState = 1 }
    }

    func address(hasFactory: Bool) -> UInt32 {
        if self.index < 0 { return hasFactory ? Fixture.factory : Fixture.slots[0] }
        return Fixture.slots[self.index]
    }
}
