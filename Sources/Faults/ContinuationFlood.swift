public import FaultKit
import NIOCore

/// Spreads a head over CONTINUATION frames, or never ends it.
public struct ContinuationFlood: StreamFault {
    public static let manual = Manual(
        name: "continuation-flood",
        summary:
            "goes on with a head in CONTINUATION frames of HTTP/2, as many as you like, and may never end it",
        requirement:
            "The client bounds what a head may cost it (RFC 9113 §10.5.1), and gives the connection up; it does not wait for ever.",
        knobs: [
            .init("count", "CONTINUATION frames, 1 to 100000; default 1000"),
            .init("size", "bytes of fields in each, 0 to 16000; default 0"),
            .init(
                "ends",
                "whether the last one ends the head: yes (default) or no, after which the server says nothing more on that stream"
            ),
        ],
        example: ["count": "1000"])

    public static let unit = StreamUnit.frame

    private let count: Int
    private let size: Int
    private let ends: Bool
    private var struck: UInt32?

    /// Reads `count`, `size`, `ends`.
    public init(_ knobs: inout Knobs) throws {
        self.count = try knobs.read("count", default: 1_000)
        self.size = try knobs.read("size", default: 0)
        self.ends = try knobs.read("ends", default: true)
        guard (1...100_000).contains(self.count) else {
            throw KnobError(knob: "count", "'count' is out of range; write 1 to 100000")
        }
        guard (0...16_000).contains(self.size) else {
            throw KnobError(knob: "size", "'size' is out of range; write 0 to 16000")
        }
        try Frame.bound(self.count, of: self.size)
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard let frame = Frame(chunk) else { return outlet.send(chunk) }
        if let struck {
            // Between a head and its end nothing else may come (RFC 9113 §6.10).
            if self.ends || frame.stream != struck { outlet.send(chunk) }
            return
        }
        guard frame.isA(.headers), frame.has(Frame.Flag.endHeaders) else {
            return outlet.send(chunk)
        }
        self.struck = frame.stream
        var head = frame
        head.flags &= ~Frame.Flag.endHeaders
        var flood = head.bytes
        let fields = self.fields
        for number in 1...self.count {
            let isLast = self.ends && number == self.count
            flood.writeImmutableBuffer(
                Frame(
                    .continuation, flags: isLast ? Frame.Flag.endHeaders : 0, stream: frame.stream,
                    payload: fields
                ).bytes)
        }
        outlet.insert(flood)
    }

    /// `x: …` with no entry in a table (RFC 7541 §6.2.2), of about that size.
    private var fields: [UInt8] {
        guard self.size > 0 else { return [] }
        let value = max(0, self.size - 6)
        // An integer with a prefix of 7 bits (RFC 7541 §5.1).
        var length: [UInt8] = []
        if value < 127 {
            length = [UInt8(value)]
        } else {
            length = [127]
            var rest = value - 127
            while rest >= 128 {
                length.append(UInt8(rest % 128 + 128))
                rest /= 128
            }
            length.append(UInt8(rest))
        }
        return [0, 1, UInt8(ascii: "x")] + length
            + [UInt8](repeating: UInt8(ascii: "y"), count: value)
    }
}
