import FaultKit
import NIOCore

/// A stream that is played through a fault, with the time at which each byte leaves.
struct Playback {
    var bytes: [UInt8] = []
    /// When the byte of the same index leaves, in nanoseconds from the start.
    var times: [Int64] = []
    /// Bytes of each segment: what lies between pushes.
    var segments: [Int] = []
    var waited: Int64 = 0
    var waits: [Int64] = []
    var ending: Ending?
    var strikes: [Strike] = []

    /// - Parameters:
    ///   - ranges: places handed to the fault; the byte at each place is its place modulo 251.
    ///   - cut: bytes in a chunk.
    init<F: StreamFault>(
        _ type: F.Type, _ knobs: KeyValuePairs<String, String>, _ ranges: [Range<Int>],
        total: Int? = nil, cut: Int = 1000, seed: UInt64 = 1
    ) throws {
        var (fault, outlet, dice) = (try F(knobs), Outlet(), Dice(seed: seed))
        for range in ranges {
            for start in stride(from: range.lowerBound, to: range.upperBound, by: cut) {
                let places = start..<min(start + cut, range.upperBound)
                let bytes = ByteBuffer(bytes: places.map(Self.honest))
                outlet.run(
                    &fault, Chunk(offset: start, total: total, bytes: bytes), &dice)
                self.take(outlet.takeSteps())
            }
        }
        outlet.finish(&fault, &dice)
        self.take(outlet.takeSteps())
        self.strikes = outlet.takeStrikes()
    }

    static func honest(_ place: Int) -> UInt8 { UInt8(place % 251) }

    private mutating func take(_ steps: [Step]) {
        for step in steps {
            switch step {
            case .send(let bytes):
                if self.segments.isEmpty { self.segments = [0] }
                self.segments[self.segments.count - 1] += bytes.readableBytes
                self.bytes += bytes.readableBytesView
                self.times += Array(repeating: self.waited, count: bytes.readableBytes)
            case .push:
                self.segments.append(0)
            case .wait(let time):
                self.waited += time.nanoseconds
                self.waits.append(time.nanoseconds)
            case .end(let ending):
                self.ending = ending
                if self.segments.last == 0 { self.segments.removeLast() }
            }
        }
    }
}

extension Fault {
    init(_ knobs: KeyValuePairs<String, String>) throws {
        var reader = Knobs(knobs)
        try self.init(&reader)
    }

    /// The complaint about these knobs; nil if the fault is built.
    static func complaint(_ knobs: KeyValuePairs<String, String>) -> KnobError? {
        do {
            _ = try Self(knobs)
            return nil
        } catch {
            return error as? KnobError
        }
    }
}

/// The honest bytes at these places.
func honestBytes(_ places: Range<Int>) -> [UInt8] { places.map(Playback.honest) }
