import FaultKit

/// The bits of a byte that a fault turns over, written `0x01` or `255`; never none.
struct Mask: KnobValue, Hashable {
    static let form = "a byte that is not zero, such as 0x01 or 255"

    let bits: UInt8

    init(_ bits: UInt8) {
        precondition(bits != 0, "a mask without bits changes nothing")
        self.bits = bits
    }

    init?(knob text: String) {
        let isHex = text.hasPrefix("0x") || text.hasPrefix("0X")
        let bits = isHex ? UInt8(text.dropFirst(2), radix: 16) : UInt8(text)
        guard let bits, bits != 0 else { return nil }
        self.bits = bits
    }
}
