import FaultKit

/// Which frames of HTTP/2 a fault strikes: from the n-th of a type on, so many.
struct FrameChoice: Sendable {
    /// How many frames.
    private enum Count: KnobValue {
        static let form = "a number from 1, or all"
        case number(Int)
        case all

        init?(knob text: String) {
            if text == "all" {
                self = .all
            } else if let number = Int(text), number >= 1 {
                self = .number(number)
            } else {
                return nil
            }
        }
    }

    static let knobs: [Manual.Knob] = [
        .init(
            "of", "the type of frames that are counted, as in DATA, HEADERS, SETTINGS, PING, or any"
        ),
        .init("frame", "which of those, from 1; default 1"),
        .init("times", "how many of those from there on: a number, or all; default 1"),
        .init(
            "only",
            "ack: only frames that acknowledge; end: only those that end their stream; nothing (default)"
        ),
    ]

    private enum Only: String, CaseIterable, KnobValue { case ack, end, nothing }

    private let kind: FrameType?
    private let first: Int
    private let last: Int
    private let only: Only
    private var seen = 0

    /// Reads `of`, `frame`, `times` and `only`.
    init(_ knobs: inout Knobs, of kind: FrameType) throws {
        let name = try knobs.read("of", default: kind.rawValue)
        if name == "any" {
            self.kind = nil
        } else if let kind = FrameType(rawValue: name.uppercased()) {
            self.kind = kind
        } else {
            throw KnobError(
                knob: "of", "'of' is \"\(name)\"; write \(FrameType.form), or any")
        }
        self.first = try knobs.read("frame", default: 1)
        self.only = try knobs.read("only", default: .nothing)
        guard self.first >= 1 else {
            throw KnobError(knob: "frame", "'frame' is out of range; write a number from 1")
        }
        switch try knobs.read("times", default: Count.number(1)) {
        case .number(let count): self.last = self.first + count - 1
        case .all: self.last = .max
        }
    }

    /// Counts a frame.
    /// - Returns: whether it is one of those.
    mutating func includes(_ frame: Frame) -> Bool {
        guard self.kind.map({ frame.isA($0) }) ?? true else { return false }
        switch self.only {
        case .nothing: break
        case .end: guard frame.endsStream else { return false }
        case .ack:
            guard frame.isA(.settings) || frame.isA(.ping), frame.has(Frame.Flag.acknowledgement)
            else {
                return false
            }
        }
        self.seen += 1
        return (self.first...self.last).contains(self.seen)
    }
}
