import FaultKit
import NIOCore

/// An honest stream: ranges of seeded bytes, ascending and with gaps between them.
struct SampleStream {
    /// How a stream is cut into chunks.
    enum Cutting: Hashable, CustomStringConvertible {
        case whole
        case bytes
        /// Pieces of up to so many bytes, some of them empty.
        case random(seed: UInt64, most: Int)
        /// At its records or frames.
        case units

        var description: String {
            switch self {
            case .whole: "whole"
            case .bytes: "byte by byte"
            case .random(let seed, let most): "at random (seed \(seed), up to \(most) bytes)"
            case .units: "at its records or frames"
            }
        }
    }

    let ranges: [Range<Int>]
    let total: Int?
    /// By place; also those in the gaps, which are not handed to the fault.
    private let content: [UInt8]
    private let units: [Int]

    /// - Parameter total: bytes of the whole; nil where unknown.
    init(_ ranges: [Range<Int>], total: Int?) {
        self.ranges = ranges
        self.total = total
        self.content = Samples.bytes(ranges.last?.upperBound ?? 0, seed: UInt64(ranges.count))
        self.units = []
    }

    /// A handshake of TLS 1.2 as a server sends it, and records of application data (RFC 8446 §5.1) with payloads
    /// of these lengths.
    init(records payloads: [Int]) {
        let records =
            Self.handshake
            + payloads.map { Self.record(23, Samples.bytes($0, seed: UInt64($0))) }
        self.init(units: records)
    }

    /// What a server says on an HTTP/2 connection (RFC 9113 §4.1): SETTINGS and their acknowledgement, an answered
    /// PING, and two responses with DATA of these lengths, the last of which ends its stream.
    init(frames payloads: [Int]) {
        var frames = [
            Self.frame(4, [0, 3, 0, 0, 0, 100]), Self.frame(4, flags: 1),
            Self.frame(6, flags: 1, [1, 2, 3, 4, 5, 6, 7, 8]),
        ]
        for stream: UInt8 in [1, 3] {
            frames.append(Self.frame(1, flags: 4, stream: stream, [0x88]))
            for (index, length) in payloads.enumerated() {
                let flags: UInt8 = index == payloads.count - 1 ? 1 : 0
                let payload = Samples.bytes(length, seed: UInt64(length))
                frames.append(Self.frame(0, flags: flags, stream: stream, payload))
            }
        }
        self.init(units: frames)
    }

    private init(units: [[UInt8]]) {
        self.content = units.flatMap(\.self)
        self.ranges = [0..<self.content.count]
        self.total = nil
        self.units = units.map(\.count)
    }

    private static func frame(
        _ type: UInt8, flags: UInt8 = 0, stream: UInt8 = 0, _ payload: [UInt8] = []
    ) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF), type, flags, 0, 0, 0, stream]
            + payload
    }

    /// ServerHello, Certificate, ServerKeyExchange, ServerHelloDone, ChangeCipherSpec, Finished (RFC 5246 §7.3).
    private static let handshake: [[UInt8]] = [
        Self.message(2, [3, 3] + Samples.bytes(32, seed: 2) + [0, 0xC0, 0x2B, 0]),
        Self.message(11, Samples.bytes(700, seed: 11)),
        Self.message(12, Samples.bytes(140, seed: 12)), Self.message(14, []), Self.record(20, [1]),
        Self.record(22, Samples.bytes(40, seed: 20)),
    ]

    private static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        Self.record(22, [type, 0, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body)
    }

    private static func record(_ type: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [type, 3, 3, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
    }

    var count: Int { self.ranges.reduce(0) { $0 + $1.count } }

    func honest(at place: Int) -> UInt8 { self.content[place] }

    func chunks(_ cutting: Cutting) -> [Chunk] {
        self.ranges.flatMap { range in
            var start = range.lowerBound
            var sizes = Sizes(cutting, units: self.units)
            var chunks: [Chunk] = []
            while start < range.upperBound {
                let end = min(range.upperBound, start + sizes.next())
                chunks.append(self.chunk(start..<end))
                start = end
            }
            if case .random = cutting { chunks.append(self.chunk(start..<start)) }
            return chunks
        }
    }

    /// The bytes lie in the middle of a buffer, as those of a real chunk may.
    private func chunk(_ places: Range<Int>) -> Chunk {
        var bytes = ByteBuffer(repeating: 0xA5, count: 3)
        bytes.writeBytes(self.content[places])
        bytes.moveReaderIndex(forwardBy: 3)
        return Chunk(offset: places.lowerBound, total: self.total, bytes: bytes)
    }

    private struct Sizes {
        private let cutting: Cutting
        private var units: ArraySlice<Int>
        private var dice: Dice

        init(_ cutting: Cutting, units: [Int]) {
            self.cutting = cutting
            self.units = units[...]
            if case .random(let seed, _) = cutting {
                self.dice = Dice(seed: seed)
            } else {
                self.dice = Dice(seed: 0)
            }
        }

        mutating func next() -> Int {
            switch self.cutting {
            case .whole: .max / 2
            case .bytes: 1
            case .random(_, let most): self.dice.roll(0..<most + 1)
            case .units: self.units.popFirst() ?? 1
            }
        }
    }
}

extension SampleStream: CustomStringConvertible {
    var description: String {
        let places = self.ranges.map { "\($0.lowerBound)..<\($0.upperBound)" }
        let total = self.total.map(String.init) ?? "an unknown total"
        return "the stream of bytes \(places.joined(separator: " and ")) of \(total)"
    }
}
