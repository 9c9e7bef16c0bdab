public import FaultKit
import NIOCore

/// Says GOAWAY at a frame of HTTP/2.
public struct Goaway: StreamFault {
    public static let manual = Manual(
        name: "goaway",
        summary: "says GOAWAY before a frame of HTTP/2, and ends the connection or lingers",
        requirement:
            "The client takes what streams up to the last one still bring, opens another connection for all else (RFC 9113 §6.8), and does not wait for a server that says nothing any more.",
        knobs: FrameChoice.knobs + [
            .init("code", "a name such as NO_ERROR (default) or ENHANCE_YOUR_CALM, or a number"),
            .init(
                "last-stream",
                "the last stream that is answered, 0 to 2147483647; default 2147483647"),
            .init(
                "then",
                "goes-on (default): what is under way is finished; or how the connection ends: clean, cut, reset or hang"
            ),
        ],
        example: [
            "of": "DATA", "frame": "3", "code": "INTERNAL_ERROR", "last-stream": "0",
            "then": "clean",
        ])

    public static let unit = StreamUnit.frame

    private enum Sequel: KnobValue {
        static let form = "goes-on, clean, cut, reset or hang"
        case goesOn
        case end(Ending)

        init?(knob text: String) {
            if text == "goes-on" {
                self = .goesOn
            } else if let ending = Ending(knob: text) {
                self = .end(ending)
            } else {
                return nil
            }
        }
    }

    private var choice: FrameChoice
    private let code: ErrorCode
    private let lastStream: UInt32
    private let sequel: Sequel

    /// Reads `of`, `frame`, `times`, `only`, `code`, `last-stream`, `then`.
    public init(_ knobs: inout Knobs) throws {
        self.choice = try FrameChoice(&knobs, of: .headers)
        self.code = try knobs.read("code", default: .noError)
        self.lastStream =
            try knobs.readIfSet("last-stream", as: FieldNumber<UInt32>.self)?.value ?? 0x7FFF_FFFF
        self.sequel = try knobs.read("then", default: .goesOn)
        guard self.lastStream < 1 << 31 else {
            throw KnobError(
                knob: "last-stream", "'last-stream' is out of range; write 0 to 2147483647")
        }
    }

    public mutating func pass(_ chunk: Chunk, to outlet: inout Outlet, using dice: inout Dice) {
        if let frame = Frame(chunk), self.choice.includes(frame) {
            outlet.insert(
                Frame(
                    .goAway,
                    payload: self.lastStream.bigEndianBytes + self.code.number.bigEndianBytes
                ).bytes)
            if case .end(let ending) = self.sequel { return outlet.end(ending) }
        }
        outlet.send(chunk)
    }
}
