/// A cheap hash that is the same in every run: FNV-1a in 64 bits. Not for anything that must be safe.
struct Fingerprint: Hashable {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { self.value = (self.value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
}

extension UInt64 {
    var hexadecimal: String { String(self, radix: 16) }
}
