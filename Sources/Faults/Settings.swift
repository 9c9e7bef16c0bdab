public import FaultKit
import NIOCore

/// Says other SETTINGS of HTTP/2.
public struct Settings: StreamFault {
    public static let manual = Manual(
        name: "settings",
        summary: "says other SETTINGS of HTTP/2 at the connection's beginning",
        requirement:
            "The client goes by what it is told (RFC 9113 §6.5.2), ends the connection where that cannot be, with PROTOCOL_ERROR or FLOW_CONTROL_ERROR, and ignores settings that it does not know. A server that lets it open no stream it does not wait for.",
        knobs: [
            .init("header-table-size", "SETTINGS_HEADER_TABLE_SIZE, up to 4294967295"),
            .init("enable-push", "SETTINGS_ENABLE_PUSH; a server must not say 1"),
            .init("max-streams", "SETTINGS_MAX_CONCURRENT_STREAMS; 0 lets the client open none"),
            .init(
                "initial-window", "SETTINGS_INITIAL_WINDOW_SIZE; more than 2147483647 is an error"),
            .init("max-frame-size", "SETTINGS_MAX_FRAME_SIZE; 16384 to 16777215 is right"),
            .init("max-header-list-size", "SETTINGS_MAX_HEADER_LIST_SIZE"),
            .init("unknown", "the number of a setting that nobody knows, with the value 1"),
            .init("times", "how often the frame is said, 1 to 100000; default 1"),
        ],
        example: ["max-streams": "0"])

    public static let unit = StreamUnit.frame

    /// By their numbers.
    private static let names: [(UInt16, String)] = [
        (1, "header-table-size"), (2, "enable-push"), (3, "max-streams"), (4, "initial-window"),
        (5, "max-frame-size"), (6, "max-header-list-size"),
    ]

    private var entries: [(UInt16, UInt32)] = []
    private let times: Int
    private var hasStruck = false

    /// Reads the settings by their names, `unknown` and `times`.
    public init(_ knobs: inout Knobs) throws {
        for (number, name) in Self.names {
            if let value = try knobs.readIfSet(name, as: FieldNumber<UInt32>.self) {
                self.entries.append((number, value.value))
            }
        }
        if let unknown = try knobs.readIfSet("unknown", as: FieldNumber<UInt16>.self) {
            self.entries.append((unknown.value, 1))
        }
        self.times = try knobs.read("times", default: 1)
        guard (1...100_000).contains(self.times) else {
            throw KnobError(knob: "times", "'times' is out of range; write 1 to 100000")
        }
        guard !self.entries.isEmpty || self.times > 1 else {
            throw KnobError(
                knob: "max-streams",
                "no setting is given; write one, such as 'max-streams=0', or 'times=1000'")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        guard !self.hasStruck, var frame = Frame(chunk), frame.isA(.settings),
            !frame.has(Frame.Flag.acknowledgement)
        else { return outlet.send(chunk) }
        self.hasStruck = true
        for (number, value) in self.entries {
            frame.payload += [UInt8(number >> 8), UInt8(number & 0xFF)] + value.bigEndianBytes
        }
        var said = ByteBuffer()
        for _ in 0..<self.times { said.writeImmutableBuffer(frame.bytes) }
        outlet.insert(said)
    }
}
