import FaultKit
import NIOCore
import Testing

/// A TLS stream of a server as the `link` place has it: a record a chunk.
enum TLSStream {
    static func record(_ type: UInt8, _ fragment: [UInt8]) -> [UInt8] {
        [type, 3, 3, UInt8(fragment.count >> 8), UInt8(fragment.count & 0xFF)] + fragment
    }

    /// A ServerHello with a session id of four bytes (RFC 8446 §4.1.3).
    static func serverHello(isTLS13: Bool) -> [UInt8] {
        let versions: [UInt8] = isTLS13 ? [0, 6, 0, 43, 0, 2, 3, 4] : [0, 0]
        let body =
            [3, 3] + [UInt8](repeating: 7, count: 32) + [4, 1, 2, 3, 4] + [0xC0, 0x2B, 0] + versions
        return self.record(22, [2, 0, 0, UInt8(body.count)] + body)
    }

    /// As in TLS 1.2: five messages in plaintext, and five records of data.
    static let tls12 =
        [
            Self.serverHello(isTLS13: false), Self.record(22, [11, 0, 0, 2, 1, 2]),
            Self.record(22, [12, 0, 0, 1, 9]), Self.record(22, [14, 0, 0, 0]),
            Self.record(20, [1]), Self.record(22, [0xAA, 0xBB, 0xCC]),
        ] + Self.data

    /// As in TLS 1.3: all but the ServerHello says that it is data.
    static let tls13 =
        [Self.serverHello(isTLS13: true), Self.record(20, [1])]
        + (1...4).map { Self.record(23, [0xE0 + $0]) } + Self.data

    private static let data = (1...5).map { Self.record(23, [$0, $0, $0]) }

    /// What a fault makes of it.
    static func played<F: StreamFault>(
        _ type: F.Type, _ knobs: KeyValuePairs<String, String>, _ records: [[UInt8]]
    ) throws -> (bytes: [UInt8], ending: Ending?, strikes: Int) {
        var (fault, outlet, dice) = (try F(knobs), Outlet(), Dice(seed: 1))
        var (offset, bytes, ending): (Int, [UInt8], Ending?) = (0, [], nil)
        func take(_ steps: [Step]) {
            for step in steps {
                switch step {
                case .send(let part): bytes += part.readableBytesView
                case .end(let how): ending = how
                case .push, .wait: break
                }
            }
        }
        for record in records {
            let chunk = Chunk(offset: offset, total: nil, bytes: ByteBuffer(bytes: record))
            outlet.run(&fault, chunk, &dice)
            take(outlet.takeSteps())
            offset += record.count
        }
        outlet.finish(&fault, &dice)
        take(outlet.takeSteps())
        return (bytes, ending, outlet.takeStrikes().count)
    }

    /// What a fault makes of ``tls12``, or of other records.
    static func bytes<F: StreamFault>(
        _ type: F.Type, _ knobs: KeyValuePairs<String, String>, _ records: [[UInt8]] = tls12
    ) throws -> [UInt8] {
        let (bytes, ending, strikes) = try self.played(type, knobs, records)
        #expect(ending == .clean && (strikes > 0) == (bytes != records.flatMap(\.self)))
        return bytes
    }

    /// ``tls12`` with something else in the place of some records; the data begins with record 6.
    static func with(_ places: Range<Int>, _ records: [[UInt8]]) -> [UInt8] {
        var all = self.tls12
        all.replaceSubrange(places, with: records)
        return all.flatMap(\.self)
    }

    static let honest = Self.with(0..<0, [])
}
