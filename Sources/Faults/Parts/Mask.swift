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
        guard let bits = FieldNumber<UInt8>(knob: text)?.value, bits != 0 else { return nil }
        self.bits = bits
    }
}
