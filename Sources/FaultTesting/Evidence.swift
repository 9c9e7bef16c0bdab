import FaultKit

/// Whether a run's strikes tell exactly how its bytes differ from the honest stream.
struct Evidence {
    private enum Byte {
        case honest(UInt8)
        case altered(UInt8)
        case inserted

        func allows(_ byte: UInt8) -> Bool {
            switch self {
            case .honest(let honest): byte == honest
            case .altered(let honest): byte != honest
            case .inserted: true
            }
        }
    }

    private let stream: SampleStream
    private var place: Int
    private var expected: [Byte] = []

    /// - Returns: what does not fit, as the rest of a sentence; nil if all does.
    static func mismatch(in run: StreamRun, of stream: SampleStream) -> String? {
        var evidence = Evidence(stream)
        evidence.follow(run.strikes)
        for (index, (byte, expected)) in zip(run.bytes, evidence.expected).enumerated()
        where !expected.allows(byte) {
            return switch expected {
            case .altered: "says that byte \(index) is altered, which it is not"
            case .honest, .inserted: "sends an altered byte, \(index), of which no strike tells"
            }
        }
        guard run.bytes.count == evidence.expected.count else {
            return "sends \(run.bytes.count) bytes, and \(evidence.expected.count) by its strikes"
        }
        return nil
    }

    private init(_ stream: SampleStream) {
        self.stream = stream
        self.place = stream.ranges.first?.lowerBound ?? 0
    }

    private mutating func follow(_ strikes: [Strike]) {
        for strike in strikes {
            switch strike.kind {
            case .altered:
                self.goHonestly(to: strike.offset)
                let altered = strike.offset..<strike.offset + strike.count
                self.expected += altered.map { .altered(self.stream.honest(at: $0)) }
                self.place = altered.upperBound
            case .dropped:
                self.goHonestly(to: strike.offset)
                self.place = strike.offset + strike.count
            case .inserted:
                self.goHonestly(to: strike.offset)
                self.expected += Array(repeating: .inserted, count: strike.count)
            case .pushed, .waited:
                continue
            case .ended:
                return self.goHonestly(to: strike.offset)
            }
        }
        self.goHonestly(to: self.stream.ranges.last?.upperBound ?? 0)
    }

    private mutating func goHonestly(to end: Int) {
        guard end > self.place else { return }
        for range in self.stream.ranges {
            let places = range.clamped(to: self.place..<end)
            self.expected += places.map { .honest(self.stream.honest(at: $0)) }
        }
        self.place = end
    }
}
