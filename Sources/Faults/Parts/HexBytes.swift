import FaultKit

/// Bytes as a knob has them: two hexadecimal digits each.
struct HexBytes: KnobValue, Sendable {
    static let form = "bytes in hexadecimal, such as 00ff"
    let bytes: [UInt8]

    init() { self.bytes = [] }

    init?(knob text: String) {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard
                let byte = UInt8(
                    String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        self.bytes = bytes
    }
}
