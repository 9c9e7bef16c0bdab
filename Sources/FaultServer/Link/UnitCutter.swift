import FaultKit
import NIOCore

/// Cuts a byte stream into its units: TLS records (RFC 8446 §5.1), frames of HTTP/2 (RFC 9113 §4.1), or nothing in
/// particular.
struct UnitCutter {
    private let unit: StreamUnit
    private var rest = ByteBuffer()

    init(_ unit: StreamUnit) { self.unit = unit }

    /// The whole units that the bytes complete, in order.
    mutating func cut(_ bytes: ByteBuffer) -> [ByteBuffer] {
        guard self.unit != .byte else { return [bytes] }
        var pending = self.rest
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.writeImmutableBuffer(bytes)
        }
        var units: [ByteBuffer] = []
        while let length = self.length(pending), let unit = pending.readSlice(length: length) {
            units.append(unit)
        }
        self.rest = pending
        return units
    }

    /// Bytes of a unit that was not completed, if there are any.
    mutating func takeRest() -> ByteBuffer? {
        defer { self.rest = ByteBuffer() }
        return self.rest.readableBytes > 0 ? self.rest : nil
    }

    /// Bytes of the unit that begins here; nil if its header is not whole.
    private func length(_ bytes: ByteBuffer) -> Int? {
        let start = bytes.readerIndex
        switch self.unit {
        case .byte: return bytes.readableBytes
        // A header of 5 bytes ends in the length of what follows.
        case .record: return bytes.getInteger(at: start + 3, as: UInt16.self).map { 5 + Int($0) }
        // A header of 9 bytes begins with the length of what follows, in 3 bytes.
        case .frame:
            guard bytes.readableBytes >= 9, let high = bytes.getInteger(at: start, as: UInt16.self),
                let low = bytes.getInteger(at: start + 2, as: UInt8.self)
            else { return nil }
            return 9 + Int(high) << 8 + Int(low)
        }
    }
}
