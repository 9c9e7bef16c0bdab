public import FaultKit

/// Ends the connection behind a whole response that promised to keep it.
public struct CloseConnection: ResponseFault {
    public static let manual = Manual(
        name: "close-connection",
        summary: "ends the connection behind a whole response that promised to keep it",
        requirement:
            "The client takes the response, which is whole, and opens another connection for its next request: any "
            + "may end at any time (RFC 9112 §9.5).",
        knobs: [
            .init("ending", "how: clean (default), cut, reset or hang"),
            .init("says", "what the Connection field says: keep-alive, or nothing (default)"),
        ],
        example: ["ending": "cut"])

    private enum Promise: String, CaseIterable, KnobValue {
        case keepAlive = "keep-alive"
        case nothing
    }

    private let ending: Ending
    private let promise: Promise

    /// Reads `ending` and `says`.
    public init(_ knobs: inout Knobs) throws {
        self.ending = try knobs.read("ending", default: .clean)
        self.promise = try knobs.read("says", default: .nothing)
    }

    public func edit(_ response: inout Response, to request: Request, using dice: inout Dice) {
        response.fields["Connection"] = self.promise == .keepAlive ? "keep-alive" : nil
        response.sequel = .end(self.ending)
    }
}
