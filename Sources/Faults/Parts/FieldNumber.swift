import FaultKit

/// A number as it stands in a field of so many bits, written `17` or `0x11`.
struct FieldNumber<Integer: FixedWidthInteger & UnsignedInteger & Sendable>: KnobValue, Hashable {
    static var form: String {
        "a number from 0 to \(Integer.max), also in hexadecimal such as 0x1f"
    }

    let value: Integer

    init(_ value: Integer) { self.value = value }

    init?(knob text: String) {
        let isHex = text.hasPrefix("0x") || text.hasPrefix("0X")
        let digits = isHex ? text.dropFirst(2) : text[...]
        guard digits.first?.isHexDigit == true,
            let value = Integer(digits, radix: isHex ? 16 : 10)
        else { return nil }
        self.value = value
    }
}
