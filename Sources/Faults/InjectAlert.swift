public import FaultKit
import NIOCore

/// Puts an alert that no key has touched before a TLS record.
public struct InjectAlert: StreamFault {
    public static let manual = Manual(
        name: "inject-alert",
        summary: "puts an alert that no key has touched before a TLS record",
        requirement:
            "The client ends the connection at an alert of the plaintext handshake, and at one that is not authenticated behind it, with unexpected_message or bad_record_mac (RFC 8446 §5); either way the update fails.",
        knobs: RecordChoice.knobs + [
            .init("number", "the alert's number, 0 to 255; default 80, internal_error"),
            .init("level", "fatal (default) or warning"),
        ],
        example: ["record": "3"])

    public static let unit = StreamUnit.record

    private var choice: RecordChoice
    private let number: Int
    private let level: Level

    /// Reads `record`, `of`, `number`, `level`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try RecordChoice(&knobs)
        self.number = try knobs.read("number", default: 80)
        self.level = try knobs.read("level", default: .fatal)
        guard (0...255).contains(self.number) else {
            throw KnobError(knob: "number", "'number' is out of range; write 0 to 255")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        if self.choice.isNext(chunk) {
            let level: UInt8 = self.level == .fatal ? 2 : 1
            outlet.insert(TLSRecord.plain(TLSRecord.alert, [level, UInt8(self.number)]))
        }
        outlet.send(chunk)
    }
}

private enum Level: String, CaseIterable, KnobValue { case fatal, warning }
