import FaultKit
import NIOCore

@testable import Faults

/// What a server says on an HTTP/2 connection, as the `http` place has it: a frame a chunk.
enum FrameStream {
    /// SETTINGS, their acknowledgement, an answered PING, and two responses with two DATA frames each.
    static let frames =
        [
            Frame(.settings, payload: [0, 3, 0, 0, 0, 100]),
            Frame(.settings, flags: 1),
            Frame(.ping, flags: 1, payload: [1, 2, 3, 4, 5, 6, 7, 8]),
        ] + Self.response(1) + Self.response(3)

    private static func response(_ stream: UInt32) -> [Frame] {
        [
            Frame(.headers, flags: 4, stream: stream, payload: [0x88]),
            Frame(.data, stream: stream, payload: [0xA1, 0xA2, 0xA3, 0xA4]),
            Frame(.data, flags: 1, stream: stream, payload: [0xA5, 0xA6]),
        ]
    }

    /// What a fault makes of it, in words, a frame each; and how it ends it.
    static func played<F: StreamFault>(
        _ type: F.Type, _ knobs: KeyValuePairs<String, String>
    ) throws -> (frames: [String], ending: Ending?, strikes: Int) {
        let played = try TLSStream.played(
            type, knobs, self.frames.map { Array($0.bytes.readableBytesView) })
        return (Self.words(played.bytes), played.ending, played.strikes)
    }

    /// As in `HEADERS 4 #1 88`.
    static func words(_ frame: Frame) -> String {
        let kind =
            FrameType(number: frame.type)?.rawValue ?? "\(frame.type)"
        let digits = frame.payload.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return ["\(kind) \(frame.flags) #\(frame.stream)", digits].filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    private static func words(_ bytes: [UInt8]) -> [String] {
        var (rest, words) = (bytes[...], [String]())
        while rest.count >= FrameSize.header {
            let length = rest.prefix(3).reduce(0) { $0 << 8 | Int($1) }
            let bytes = ByteBuffer(bytes: rest.prefix(FrameSize.header + length))
            guard let frame = Frame(Chunk(offset: 0, total: nil, bytes: bytes)) else { break }
            words.append(Self.words(frame) + (rest.count < 9 + length ? " (short)" : ""))
            rest = rest.dropFirst(FrameSize.header + length)
        }
        return words
    }

    static let honest = Self.frames.map { Self.words($0) }

    /// The honest stream with other frames at some places.
    static func with(_ places: Range<Int>, _ frames: [String]) -> [String] {
        var all = Self.honest
        all.replaceSubrange(places, with: frames)
        return all
    }
}
