import FaultKit
import NIOCore

/// A frame of HTTP/2 (RFC 9113 §4.1): three bytes of length, type, flags, four bytes of stream, and the payload.
struct Frame {
    /// Flags (RFC 9113 §6); a bit means what its type says.
    enum Flag {
        static let endStream: UInt8 = 0x1
        static let acknowledgement: UInt8 = 0x1
        static let endHeaders: UInt8 = 0x4
        static let padded: UInt8 = 0x8
    }

    var type: UInt8
    var flags: UInt8
    /// 31 bits; the reserved one is not set.
    var stream: UInt32
    var payload: [UInt8]

    init(_ kind: FrameType, flags: UInt8 = 0, stream: UInt32 = 0, payload: [UInt8] = []) {
        self.init(type: kind.number, flags: flags, stream: stream, payload: payload)
    }

    init(type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, payload: [UInt8] = []) {
        self.type = type
        self.flags = flags
        self.stream = stream
        self.payload = payload
    }

    /// - Returns: nil if the chunk is shorter than a header: a connection that ends in the middle of one.
    init?(_ chunk: Chunk) {
        var bytes = chunk.bytes
        guard let head = bytes.readBytes(length: FrameSize.header) else { return nil }
        self.init(
            type: head[3], flags: head[4],
            stream: head[5...].reduce(0) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF,
            payload: Array(bytes.readableBytesView))
    }

    func isA(_ kind: FrameType) -> Bool { self.type == kind.number }

    func has(_ flag: UInt8) -> Bool { self.flags & flag != 0 }

    /// Whether it is the last one of its stream's side (RFC 9113 §5.1).
    var endsStream: Bool {
        (self.isA(.data) || self.isA(.headers)) && self.has(Flag.endStream)
    }

    var bytes: ByteBuffer {
        let length = UInt32(self.payload.count)
        return ByteBuffer(
            bytes: length.bigEndianBytes.dropFirst() + [self.type, self.flags]
                + self.stream.bigEndianBytes + self.payload)
    }
}

extension Frame {
    /// - Throws: ``KnobError`` for a flood of more than 16 MiB, which would be held in memory.
    static func bound(_ count: Int, of size: Int) throws {
        guard count * (FrameSize.header + size) <= 16 << 20 else {
            throw KnobError(
                knob: "count",
                "'count' frames have more than 16 MiB in all; write fewer, or smaller ones")
        }
    }
}

extension UInt32 {
    /// Most significant first.
    var bigEndianBytes: [UInt8] {
        [UInt8(self >> 24), UInt8(self >> 16 & 0xFF), UInt8(self >> 8 & 0xFF), UInt8(self & 0xFF)]
    }
}

extension ErrorCode: KnobValue {
    package static let form = "a name such as CANCEL, or a number such as 0x8"

    package init?(knob text: String) {
        if let code = ErrorCode(named: text.uppercased()) {
            self = code
        } else if let number = FieldNumber<UInt32>(knob: text) {
            self.init(number.value)
        } else {
            return nil
        }
    }
}
